using System;
using Rouse.Access;
using Rouse.Config;
using Rouse.Linux;
using Rouse.Server;
using Rouse.Server.Launch;
using Rouse.Server.Listening;
using Rouse.Server.Logging;
using Rouse.Server.Sessions;

namespace Rouse.Bench.Operations;

/// <summary>A server starts and ends in a table that remembers a thousand others.</summary>
internal static class Sessions
{
    private const int Others = 1000;
    private const int FirstPid = 2000;
    private const long Now = 1_795_500_000;

    public static Func<int> AddAndRemove()
    {
        Service service = IdleService();
        SessionTable table = new();
        for (int pid = FirstPid; pid < FirstPid + Others; pid++)
        {
            table.Add(service, pid, LogLines.Peer, Now);
        }

        int next = FirstPid + Others;
        return () =>
        {
            table.Add(service, next, LogLines.Peer, Now);
            bool removed = table.Remove(next, out _, out _);
            next = next < 100_000 ? next + 1 : FirstPid + Others;
            return removed ? 1 : 0;
        };
    }

    // A keeper that listens nowhere: a service does not stand without one.
    private static Service IdleService()
    {
        LinuxSystem system = new();
        LogClock clock = new(system);
        DaemonLog log = new(system, clock, "bench", 1);
        Configuration none = new() { Services = [], Broken = [], Diagnostics = [], Files = [] };
        KeeperSettings settings = new() { World = ServerWorld.OfThisProcess([], 1024), ServiceLines = new LogLines.Counted() };
        Keeper keeper = new(system, settings, clock, log, new SyslogConnection(system, clock, "bench", 1), _ => none);
        return new Service(keeper, LogLines.Definition, AccessPolicy.Compile(LogLines.Definition));
    }
}
