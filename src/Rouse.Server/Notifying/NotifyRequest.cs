using System;
using System.Globalization;
using Rouse.Server.Launch;

namespace Rouse.Server.Notifying;

/// <summary>
/// What the service manager that has started the daemon asks for in its environment: sd_notify(3), sd_watchdog_enabled(3).
/// </summary>
/// <param name="Address">A path, or with '@' in front an abstract name; empty where nobody asks.</param>
/// <param name="WatchdogMs">How often the loop has to show that it turns: half of the time after which it counts as hung; 0 for never.</param>
public sealed record NotifyRequest(string Address, long WatchdogMs)
{
    public static NotifyRequest None { get; } = new("", 0);

    /// <param name="environment">What this process was started with, NAME=VALUE words.</param>
    /// <param name="pid">This process.</param>
    /// <param name="starter">The process that was asked, if it has made this one to do what it was asked for; else 0.</param>
    public static NotifyRequest Of(string[] environment, int pid, int starter = 0)
    {
        string address = Value(environment, "NOTIFY_SOCKET=");
        return address.Length == 0 ? None : new NotifyRequest(address, Watchdog(environment, pid, starter));
    }

    /// <summary>
    /// The environment that servers may have. What the manager tells the daemon is not for them: a server that took it for its own would speak in
    /// the daemon's name, or take its connection for a listening socket.
    /// </summary>
    // Differs from xinetd: D-190.
    public static string[] WithoutRequest(string[] environment) => Array.FindAll(environment, static word => ServerImages.NameOf(word)
        is not ("NOTIFY_SOCKET" or "WATCHDOG_USEC" or "WATCHDOG_PID" or "LISTEN_FDS" or "LISTEN_PID" or "LISTEN_FDNAMES" or "LISTEN_PIDFDID"));

    private static long Watchdog(string[] environment, int pid, int starter)
    {
        string meant = Value(environment, "WATCHDOG_PID=");
        bool isMeant = meant.Length == 0 || meant == Text(pid) || meant == Text(starter);
        return isMeant && ulong.TryParse(Value(environment, "WATCHDOG_USEC="), NumberStyles.None, CultureInfo.InvariantCulture, out ulong us) && us > 0
            ? (long)Math.Clamp(us / 2000, 1, int.MaxValue)
            : 0;
    }

    private static string Text(int pid) => pid.ToString(CultureInfo.InvariantCulture);

    private static string Value(string[] environment, string name) =>
        Array.Find(environment, word => word.StartsWith(name, StringComparison.Ordinal)) is { } word ? word[name.Length..] : "";
}
