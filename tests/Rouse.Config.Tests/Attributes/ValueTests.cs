using System;
using System.Collections.Generic;
using Rouse.Config.Addresses;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;

namespace Rouse.Config.Tests.Attributes;

/// <summary>Each attribute's values: where a good one lands, and that a bad one leaves the service out.</summary>
public sealed class ValueTests
{
    internal static Dictionary<string, (string Lines, Predicate<ServiceDefinition> Landed)[]> GoodValues { get; } = new()
    {
        ["id"] = [("id = other", s => s.Id is "other" && s.Name is "test")],
        ["type"] = [("type = unlisted", s => s.Types == ServiceTypes.Unlisted)],
        ["flags"] =
        [
            ("flags = REUSE NODELAY KEEPALIVE", s => s.Flags == (ServiceFlags.Reuse | ServiceFlags.NoDelay | ServiceFlags.KeepAlive)),
            ("flags = NOLIBWRAP ipv4", s => s.Flags == (ServiceFlags.NoLibwrap | ServiceFlags.IPv4)),
            ("flags = IPV6 NORETRY", s => s.Flags == (ServiceFlags.IPv6 | ServiceFlags.NoRetry)),
        ],
        ["socket_type"] = [("socket_type = Stream", s => s.SocketType == SocketType.Stream)],
        ["protocol"] = [("protocol = tcp", s => s.Protocol == new ProtocolEntry("tcp", 6)), (
            "protocol = TCP", s => s.Protocol.Number == 6)],
        ["wait"] = [("wait = yes", s => s.Wait), ("wait = No", s => !s.Wait)],
        ["user"] =
        [
            ("user = nobody", s => s.User == new UserEntry("nobody", 65534, 65534)),
            ("user = 65534", s => s.User == new UserEntry("nobody", 65534, 65534)),
            ("user = 4711", s => s.User == new UserEntry("", 4711, 4711)),
        ],
        ["group"] = [("group = daemon", s => s.Group!.Gid == 1), ("group = 4711", s => s.Group!.Gid == 4711)],
        ["groups"] = [("groups = yes", s => s.Groups && s.SupplementaryGroups is [65534, 7]), (
            "groups = no", s => !s.Groups && s.SupplementaryGroups.IsEmpty)],
        ["instances"] =
        [
            ("instances = 0", s => s.Instances == 0),
            ("instances = +3", s => s.Instances == 3),
            ("instances = unlimited", s => s.Instances is null),
        ],
        ["per_source"] = [("per_source = 7", s => s.PerSource == 7), ("per_source = UNLIMITED", s => s.PerSource is null)],
        ["cps"] = [("cps = 10 30", s => s.Cps == new CpsLimit(10, 30)), ("cps = 0 0", s => s.Cps == new CpsLimit(0, 0))],
        ["max_load"] = [("max_load = 2.5", s => s.MaxLoad is 2.5), ("max_load = 3", s => s.MaxLoad is 3)],
        ["nice"] = [("nice = -5", s => s.Nice == -5), ("nice = 010", s => s.Nice == 10)],
        ["umask"] = [("umask = 027", s => s.Umask == 0x17), ("umask = 777", s => s.Umask == 0x1ff)],
        ["server"] = [("server = /usr/sbin/tcpd", s => s.Server is "/usr/sbin/tcpd" && s.Arguments is ["tcpd"])],
        ["server_args"] =
        [
            ("server_args = \"two words\" -x", s => s.Arguments is ["in.server", "\"two", "words\"", "-x"]),
            ("flags = NAMEINARGS\nserver_args = other -x", s => s.Arguments is ["other", "-x"]),
        ],
        ["env"] = [("env = A=1 B=\nenv += A=2", s => s.Environment is ["A=1", "B=", "A=2"]), (
            "env = A=1\nenv = B=2", s => s.Environment is ["B=2"])],
        ["passenv"] =
        [
            ("passenv = PATH HOME", s => s.PassEnvironment is ["PATH", "HOME"]),
            ("passenv = PATH HOME\npassenv -= PATH", s => s.PassEnvironment is ["HOME"]),
            ("passenv =", s => s.PassEnvironment is []),
        ],
        ["port"] = [("port = 65535", s => s.Port == 65535)],
        ["bind"] =
        [
            ("bind = 127.0.0.1", s => s.Bind is "127.0.0.1" && Text(s.BindAddresses) is "127.0.0.1"),
            ("bind = ::1", s => Text(s.BindAddresses) is "::1"),
        ],
        ["interface"] = [("interface = 127.0.0.2", s => Text(s.BindAddresses) is "127.0.0.2")],
        ["v6only"] = [("v6only = yes", s => s.V6Only)],
        ["only_from"] = [("only_from = 10.0.0.0 ::1", s => s.OnlyFrom.Length == 2), (
            "only_from =", s => s.OnlyFrom is { IsDefault: false, Length: 0 })],
        ["no_access"] = [("no_access = 10.0.0.0/9", s => s.NoAccess is [{ PrefixLength: 105 }]), (
            "no_access =", s => s.NoAccess.Length == 0)],
        ["access_times"] = [(
            "access_times = 8:00-17:59 20:5-23:59",
            s => s.AccessTimes is [{ FromMinute: 480, ToMinute: 1079 }, { FromMinute: 1205, ToMinute: 1439 }])],
        ["log_type"] =
        [
            ("log_type = SYSLOG local3", s => s.LogType == new LogTarget(LogTargetKind.Syslog, 19 << 3, 6, "", 0, 0)),
            ("log_type = syslog authpriv ERR", s => s.LogType == new LogTarget(LogTargetKind.Syslog, 10 << 3, 3, "", 0, 0)),
            ("log_type = FILE /var/log/x", s => s.LogType == new LogTarget(LogTargetKind.File, 0, 0, "/var/log/x", 0, 0)),
            ("log_type = FILE /var/log/x 100K", s => s.LogType is { SoftLimit: 102400, HardLimit: 102400 + 5120 }),
            ("log_type = FILE /var/log/x 1M", s => s.LogType is { SoftLimit: 1048576, HardLimit: 1048576 + 10485 }),
            ("log_type = FILE /var/log/x 100m", s => s.LogType is { HardLimit: 104857600 + 20480 }),
            ("log_type = FILE /var/log/x 10 10", s => s.LogType is { SoftLimit: 10, HardLimit: 10 }),
        ],
        ["log_on_success"] =
        [
            (
                "log_on_success = HOST PID DURATION EXIT",
                s => s.LogOnSuccess == (LogOnSuccess.Host | LogOnSuccess.Pid | LogOnSuccess.Duration | LogOnSuccess.Exit)),
            ("log_on_success = HOST PID\nlog_on_success -= PID", s => s.LogOnSuccess == LogOnSuccess.Host),
            ("log_on_success =", s => s.LogOnSuccess == LogOnSuccess.None),
        ],
        ["log_on_failure"] =
        [
            ("log_on_failure = HOST ATTEMPT", s => s.LogOnFailure == (LogOnFailure.Host | LogOnFailure.Attempt)),
            ("log_on_failure = HOSTID", s => s.LogOnFailure == LogOnFailure.Host),
            ("log_on_failure = RECORD", s => s.LogOnFailure == LogOnFailure.Record),
        ],
        ["banner"] = [("banner = /etc/b", s => s.Banner is "/etc/b")],
        ["banner_success"] = [("banner_success = /etc/b", s => s.BannerSuccess is "/etc/b")],
        ["banner_fail"] = [("banner_fail = /etc/b", s => s.BannerFail is "/etc/b")],
        ["deny_time"] =
        [
            ("deny_time = 120", s => s.DenyTime == new DenyTime(120)),
            ("deny_time = FOREVER", s => s.DenyTime == DenyTime.Forever),
            ("deny_time = never", s => s.DenyTime == DenyTime.Never),
        ],
        ["rlimit_as"] = [("rlimit_as = 8m", s => s.ResourceLimits is [{ Resource: 9, Value: 8388608 }]), ("rlimit_as = "
            + "UNLIMITED", s => s.ResourceLimits is [{ Value: ulong.MaxValue }])],
        ["rlimit_cpu"] = [("rlimit_cpu = 20", s => s.ResourceLimits is [{ Resource: 0, Value: 20 }])],
        ["rlimit_data"] = [("rlimit_data = 1K", s => s.ResourceLimits is [{ Resource: 2, Value: 1024 }])],
        ["rlimit_files"] = [("rlimit_files = 64", s => s.ResourceLimits is [{ Resource: 7, Value: 64 }])],
        ["rlimit_rss"] = [("rlimit_rss = -1", s => s.ResourceLimits is [{ Resource: 5, Value: ulong.MaxValue }])],
        ["rlimit_stack"] = [("rlimit_stack = 8M", s => s.ResourceLimits is [{ Resource: 3, Value: 8388608 }])],
        ["libwrap"] = [("libwrap = in.other", s => s.Libwrap is "in.other")],
        ["redirect"] = [("redirect = 192.0.2.1 80", s => s.Redirect is { Host: "192.0.2.1", Port: 80 })],
        ["start"] =
        [
            ("start = on-demand", s => s.Start == StartMode.OnDemand),
            ("start = warm", s => s.Start is { Kind: StartKind.Warm, Count: null }),
            ("start = Warm AUTO", s => s.Start is { Kind: StartKind.Warm, Count: null }),
            ("start = warm 3", s => s.Start is { Kind: StartKind.Warm, Count: 3 }),
            ("start = warm shared", s => s.Start.Kind == StartKind.WarmShared),
            ("#rouse: start = warm 2", s => s.Start is { Kind: StartKind.Warm, Count: 2 }),
            ("\t#Rouse:start = warm", s => s.Start.Kind == StartKind.Warm),
            ("# rouse: start = warm", s => s.Start == StartMode.OnDemand),
        ],
        ["backend"] =
        [(
            "start = on-demand-resident\nbackend = 127.0.0.1 8080",
            s => s.Start is { Kind: StartKind.OnDemandResident, Backend: { Host: "127.0.0.1", Port: 8080 } } && !s.Wait)],
        ["idle_timeout"] =
        [
            ("start = warm\nidle_timeout = 60", s => s.Start.IdleTimeoutSeconds == 60),
            ("start = warm\nidle_timeout = unlimited", s => s.Start.IdleTimeoutSeconds is null),
            ("start = warm", s => s.Start.IdleTimeoutSeconds == 600),
        ],
        ["start_timeout"] = [("start = warm\nstart_timeout = 5", s => s.Start.StartTimeoutSeconds == 5)],
        ["wake"] =
        [
            ("start = on-demand-resident\nbackend = ::1 8080\nwake = data", s => s.Start.WakesOnData),
            ("start = on-demand-resident\nbackend = ::1 8080\nwake = connection", s => !s.Start.WakesOnData),
        ],

        // These stand in RPC services only.
        ["rpc_version"] = [],
        ["rpc_number"] = [],
    };

    public static TheoryData<string, string> BadValues() => new()
    {
        { "type = INTERN", Codes.UnknownWord },
        { "type =", Codes.NoValue },
        { "flags = REUSED", Codes.UnknownWord },
        { "disable = maybe", Codes.NotYesOrNo },
        { "disable = yes for now", Codes.WrongNumberOfValues },
        { "socket_type = streams", Codes.UnknownWord },
        { "protocol = foo", Codes.UnknownProtocol },
        { "wait = maybe", Codes.NotYesOrNo },
        { "user = nosuch", Codes.UnknownUser },
        { "user = 4294967295", Codes.UnknownUser },
        { "user = 99999999999999999999", Codes.UnknownUser },
        { "group = nosuch", Codes.UnknownGroup },
        { "group = 4294967295", Codes.UnknownGroup },
        { "groups = 1", Codes.NotYesOrNo },
        { "instances = -1", Codes.BadNumber },
        { "instances = many", Codes.BadNumber },
        { "start = lukewarm", Codes.UnknownWord },
        { "start = warm 0", Codes.UnknownWord },
        { "start = warm 1001", Codes.UnknownWord },
        { "start = warm 2 shared", Codes.UnknownWord },
        { "start = resident 2", Codes.UnknownWord },
        { "start =", Codes.NoValue },
        { "#rouse: start = lukewarm", Codes.UnknownWord },
        { "#rouse: only_from = 127.0.0.1", Codes.OwnComment },
        { "#rouse: colour = red", Codes.OwnComment },
        { "#rouse:", Codes.NothingAfterName },
        { "#rouse: start", Codes.NothingAfterName },
        { "backend = 127.0.0.1", Codes.WrongNumberOfValues },
        { "backend = 127.0.0.1 nonsense", Codes.RedirectTarget },
        { "backend = no..host 80", Codes.RedirectTarget },
        { "idle_timeout = 0", Codes.BadNumber },
        { "idle_timeout = never", Codes.BadNumber },
        { "start_timeout = 604801", Codes.BadNumber },
        { "start_timeout = UNLIMITED", Codes.BadNumber },
        { "wake = always", Codes.UnknownWord },
        { "per_source = 10x", Codes.BadNumber },
        { "per_source = 10 a note", Codes.WrongNumberOfValues },
        { "cps = 50", Codes.WrongNumberOfValues },
        { "cps = 5x 1", Codes.BadNumber },
        { "cps = 5 -1", Codes.BadNumber },
        { "max_load = 0", Codes.BadNumber },
        { "max_load = -1", Codes.BadNumber },
        { "max_load = 2.5foo", Codes.BadNumber },
        { "max_load = nan", Codes.BadNumber },
        { "max_load = inf", Codes.BadNumber },
        { "nice = 5x", Codes.BadNumber },
        { "umask = 08", Codes.BadNumber },
        { "umask = 1000", Codes.BadNumber },
        { "umask = -1", Codes.BadNumber },
        { "server = /no/such", Codes.ServerNotExecutable },
        { "server = bin/true", Codes.ServerNotAbsolute },
        { "server_args =", Codes.NoValue },
        { "env = A", Codes.EnvironmentWord },
        { "env -= A=1", Codes.EnvironmentRemoval },
        { "port = 65536", Codes.BadNumber },
        { "port = http", Codes.BadNumber },
        { "bind = eth0", Codes.BadBind },
        { "bind = 1.2.3.4.5", Codes.BadBind },
        { "interface = fe80::1%lo", Codes.BadBind },
        { "v6only = maybe", Codes.NotYesOrNo },
        { "only_from = nosuch.example", Codes.AddressNotUnderstood },
        { "no_access = 10.0.0.1,10.0.0.2", Codes.AddressComma },
        { "access_times =", Codes.NoValue },
        { "access_times = 8:00-24:00", Codes.BadAccessTime },
        { "access_times = 8:00-9:60", Codes.BadAccessTime },
        { "access_times = 8-9", Codes.BadAccessTime },
        { "access_times = 8:00", Codes.BadAccessTime },
        { "access_times = 8:00-8:00", Codes.BadAccessTime },
        { "access_times = 22:00-6:00", Codes.AccessTimeOverMidnight },
        { "log_type = STDERR", Codes.UnknownWord },
        { "log_type = SYSLOG", Codes.LogTypeShape },
        { "log_type = SYSLOG kern", Codes.UnknownWord },
        { "log_type = SYSLOG daemon loud", Codes.UnknownWord },
        { "log_type = SYSLOG local8", Codes.UnknownWord },
        { "log_type = FILE", Codes.LogTypeShape },
        { "log_type = FILE /x 10 20 30", Codes.LogTypeShape },
        { "log_type = FILE /x 10G", Codes.BadNumber },
        { "log_type = FILE /x 10 5", Codes.LogLimitOrder },
        { "log_on_success = RECORD", Codes.UnknownWord },
        { "log_on_failure = PID", Codes.UnknownWord },
        { "redirect = nosuch.example 80", Codes.RedirectTarget },
        { "redirect = 127.0.0.1 nosuch", Codes.RedirectTarget },
        { "redirect = 127.0.0.1 0", Codes.RedirectTarget },
        { "deny_time = 5m", Codes.BadNumber },
        { "deny_time = -5", Codes.BadNumber },
        { "rlimit_as = 8G", Codes.BadNumber },
        { "rlimit_as = 99999999999999999999", Codes.BadNumber },
        { "rlimit_as = 9223372036854775807K", Codes.BadNumber },
        { "rlimit_cpu = 8K", Codes.BadNumber },
        { "rlimit_data = x", Codes.BadNumber },
        { "rlimit_files = x", Codes.BadNumber },
        { "rlimit_rss = 1.5M", Codes.BadNumber },
        { "rlimit_stack = -2", Codes.BadNumber },
        { "rpc_version = 3-2", Codes.RpcVersions },
        { "rpc_version = 1-", Codes.RpcVersions },
        { "rpc_version = 0-256", Codes.RpcVersions },
        { "rpc_number = x", Codes.BadNumber },
    };

    public static TheoryData<string, int> GoodValueCases()
    {
        TheoryData<string, int> cases = [];
        foreach ((string attribute, var values) in GoodValues)
        {
            for (int i = 0; i < values.Length; i++)
            {
                cases.Add(attribute, i);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(GoodValueCases))]
    public void A_good_value_lands_in_the_definition(string attribute, int index)
    {
        (string lines, Predicate<ServiceDefinition> landed) = GoodValues[attribute][index];
        Configuration configuration = Loaded.From(Without(Loaded.Service(lines), attribute, lines));
        Assert.All(configuration.Diagnostics, diagnostic => Assert.NotEqual(Severity.Error, diagnostic.Severity));
        Assert.True(landed(configuration.Only()), lines);
    }

    [Theory]
    [MemberData(nameof(BadValues))]
    public void A_bad_value_leaves_the_service_out(string line, string code)
    {
        Configuration configuration = Loaded.From(Without(Loaded.Service(line), line.Split(' ')[0], line));
        string message = configuration.LeavesOut(code);
        Assert.Contains("; service 'test' is left out. ", message, StringComparison.Ordinal);
        Assert.EndsWith(".", message, StringComparison.Ordinal);
    }

    internal static IEnumerable<string> AttributesRefused()
    {
        foreach (var row in BadValues())
        {
            yield return row.Data.Item1.Split(' ')[0];
        }
    }

    /// <summary>Takes out the ready-made line of an attribute that a test sets itself.</summary>
    private static string Without(string service, string attribute, string lines)
    {
        List<string> kept = [];
        foreach (string line in service.Split('\n'))
        {
            if (!line.StartsWith(attribute + " ", StringComparison.Ordinal) || Array.IndexOf(lines.Split('\n'), line) >= 0)
            {
                kept.Add(line);
            }
        }

        return string.Join('\n', kept);
    }

    private static string Text(IReadOnlyList<IpAddress> addresses) => string.Join(' ', addresses);
}
