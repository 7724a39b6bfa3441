//! What a process holds and uses, as Linux tells it under `/proc`.

#![allow(dead_code, reason = "not every test needs everything of it")]

use std::fs;
use std::time::Duration;

/// Ticks of the kernel's clock in a second, as `/proc` counts them.
const TICKS_PER_S: u64 = 100;
/// CLOSE-WAIT in `/proc/net/tcp`: the other side has closed, ours has not.
const CLOSE_WAIT: &str = "08";

/// A running process.
#[derive(Clone, Copy, Debug)]
pub struct Process(pub u32);

impl Process {
    /// How many file descriptors it has open.
    pub fn descriptors(self) -> usize {
        self.links().len()
    }

    /// Connections that the other side has closed and it has not.
    pub fn half_closed(self) -> usize {
        ["tcp", "tcp6"]
            .iter()
            .flat_map(|table| self.sockets(table))
            .filter(|(_, state)| state == CLOSE_WAIT)
            .count()
    }

    /// UDP ports that it has bound.
    pub fn udp_ports(self) -> Vec<u16> {
        ["udp", "udp6"].iter().flat_map(|table| self.sockets(table)).map(|(port, _)| port).collect()
    }

    /// Memory in use, in KiB.
    pub fn resident_kib(self) -> u64 {
        self.status("VmRSS:")
    }

    /// Threads.
    pub fn threads(self) -> u64 {
        self.status("Threads:")
    }

    /// CPU time used so far, by itself.
    pub fn cpu(self) -> Duration {
        let ticks: u64 = self.stat(self.0)[11..13].iter().map(|ticks| ticks.parse::<u64>().unwrap()).sum();
        Duration::from_millis(ticks * 1000 / TICKS_PER_S)
    }

    /// Processes that it has started and that are still there, dead or alive.
    pub fn children(self) -> Vec<u32> {
        let processes = fs::read_dir("/proc").unwrap().flatten();
        let numbers = processes.filter_map(|entry| entry.file_name().to_string_lossy().parse::<u32>().ok());
        numbers
            .filter(|&number| self.stat(number).get(1).is_some_and(|parent| *parent == self.0.to_string()))
            .collect()
    }

    /// What `/proc/…/stat` has behind the name: state, parent, ….
    fn stat(self, process: u32) -> Vec<String> {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        let (_, behind) = stat.rsplit_once(')').unwrap_or_default();
        behind.split_whitespace().map(str::to_owned).collect()
    }

    fn status(self, key: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0)).unwrap();
        let value = status.lines().find_map(|line| line.strip_prefix(key)).unwrap();
        value.trim().trim_end_matches(" kB").parse().unwrap()
    }

    fn links(self) -> Vec<String> {
        let folder = fs::read_dir(format!("/proc/{}/fd", self.0)).unwrap().flatten();
        folder.filter_map(|entry| Some(fs::read_link(entry.path()).ok()?.display().to_string())).collect()
    }

    /// Its sockets in a table of `/proc/net`: local port and state.
    fn sockets(self, table: &str) -> Vec<(u16, String)> {
        let ours = self.links();
        let text = fs::read_to_string(format!("/proc/net/{table}")).unwrap_or_default();
        let lines = text.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
        let ours = lines.filter(|fields| ours.contains(&format!("socket:[{}]", fields[9])));
        let port = |address: &str| u16::from_str_radix(address.rsplit(':').next().unwrap(), 16).unwrap();
        ours.map(|fields| (port(fields[1]), fields[3].to_owned())).collect()
    }
}
