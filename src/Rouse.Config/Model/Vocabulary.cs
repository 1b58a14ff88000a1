using System;

namespace Rouse.Config.Model;

/// <summary>The <c>type</c> attribute of xinetd.conf(5).</summary>
[Flags]
public enum ServiceTypes
{
    None = 0,
    Rpc = 1,
    Internal = 2,
    Unlisted = 4,
    Tcpmux = 8,
    TcpmuxPlus = 16,
}

/// <summary>The <c>flags</c> attribute of xinetd.conf(5).</summary>
[Flags]
public enum ServiceFlags
{
    None = 0,
    Reuse = 1,
    Intercept = 2,
    NoRetry = 4,
    IdOnly = 8,
    NameInArgs = 16,
    NoDelay = 32,
    KeepAlive = 64,
    NoLibwrap = 128,
    Sensor = 256,
    IPv4 = 512,
    IPv6 = 1024,
    Labeled = 2048,
}

/// <summary>socket(2) types, with the kernel's numbers.</summary>
public enum SocketType
{
    Stream = 1,
    Dgram = 2,
    Raw = 3,
    SeqPacket = 5,
}

/// <summary>What the daemon answers by itself.</summary>
public enum BuiltInService
{
    None,
    Echo,
    Discard,
    Daytime,
    Time,
    Chargen,
    Tcpmux,
    Sensor,
    Services,
    Servers,
}

/// <summary>Words of log_on_success.</summary>
[Flags]
public enum LogOnSuccess
{
    None = 0,
    Host = 1,
    Duration = 2,
    Exit = 4,
    Pid = 8,
    UserId = 16,
    Traffic = 32,
}

/// <summary>Words of log_on_failure.</summary>
[Flags]
public enum LogOnFailure
{
    None = 0,
    Host = 1,
    Attempt = 2,
    UserId = 4,
    Record = 8,
}

/// <summary>Where a service's log lines go.</summary>
public enum LogTargetKind
{
    /// <summary>syslog(3), with <see cref="LogTarget.Facility"/> and <see cref="LogTarget.Level"/>.</summary>
    Syslog,

    /// <summary>A file of the service's own.</summary>
    File,

    /// <summary>The file that the defaults entry names, shared by all services without a log_type of their own.</summary>
    CommonFile,
}

/// <summary>
/// The <c>log_type</c> attribute. <paramref name="Facility"/> is the kernel's number already shifted (LOG_DAEMON = 24, syslog.h),
/// <paramref name="Level"/> 0…7; limits in bytes, 0 for none.
/// </summary>
public sealed record LogTarget(LogTargetKind Kind, int Facility, int Level, string Path, long SoftLimit, long HardLimit)
{
    /// <summary>What the original does without any log_type: SYSLOG daemon info.</summary>
    public static LogTarget Default { get; } = new(LogTargetKind.Syslog, 3 << 3, 6, "", 0, 0);
}

/// <summary>Connections per second and seconds out of service; a rate of 0 turns the limit off.</summary>
public readonly record struct CpsLimit(int Rate, int WaitSeconds);

/// <summary>
/// inetd's own limit: after so many starts within the minute that began with the first of them, the next one has the service left alone for
/// <paramref name="WaitSeconds"/>.
/// </summary>
/// <param name="Most">How many are started in such a minute.</param>
/// <param name="Label">What inetd's log calls the service: <c>ftp/tcp</c>.</param>
/// <param name="KeepsHighPorts">
/// Ports of IPv4 above 1023 stay open, so that no other program can take them; until the minute is over their connections are closed at once.
/// </param>
public sealed record StartLimit(int Most, int WaitSeconds, string Label, bool KeepsHighPorts);

/// <summary>A socket with a name in the file system (unix(7)) in place of an address and a port.</summary>
/// <param name="Owner">The owner's number, or null for the daemon's own; the same for <paramref name="Group"/>.</param>
/// <param name="Mode">The permission bits; who may write may connect.</param>
public sealed record LocalSocket(string Path, uint? Owner, uint? Group, int Mode);

/// <summary>SO_SNDBUF and SO_RCVBUF of socket(7), in bytes; 0 for the kernel's choice.</summary>
public readonly record struct SocketBuffers(int Send, int Receive);

/// <summary>Minutes since midnight, both ends inclusive (access_times).</summary>
public readonly record struct AccessHours(int FromMinute, int ToMinute, Text.SourceSpan Span);

/// <summary>A resource limit: soft and hard are both set to <paramref name="Value"/> (<see cref="ulong.MaxValue"/> = UNLIMITED).</summary>
/// <param name="Resource">setrlimit(2)'s number: CPU 0, DATA 2, STACK 3, RSS 5, NOFILE 7, AS 9.</param>
public readonly record struct ResourceLimit(int Resource, ulong Value);

/// <summary>An entry of /etc/protocols.</summary>
public readonly record struct ProtocolEntry(string Name, int Number);

/// <summary>An entry of the user database; <paramref name="Name"/> is empty for a number that no user has.</summary>
public sealed record UserEntry(string Name, uint Uid, uint Gid);

/// <summary>An entry of the group database.</summary>
public sealed record GroupEntry(string Name, uint Gid);

/// <summary>The <c>redirect</c> attribute: where connections are passed on to.</summary>
/// <param name="Scope">The number of the interface that a link-local address belongs to, or 0.</param>
public sealed record RedirectTarget(string Host, Addresses.IpAddress Address, ushort Port, uint Scope = 0);

/// <summary>The <c>deny_time</c> attribute in minutes.</summary>
public readonly record struct DenyTime(int Minutes)
{
    public static DenyTime Forever => new(-1);

    public static DenyTime Never => new(0);
}
