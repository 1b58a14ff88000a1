using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Rouse.Config.Addresses;
using Rouse.Config.Model;

namespace Rouse.Server.Inspection;

/// <summary>A service's attributes in the words of the original's dump. What the service does not have is not shown.</summary>
internal sealed class DefinitionDump(Action<int, string> line)
{
    // In the order of their bits. Not the enumerations' own names: what those need at run time the idle daemon would pay for.
    private static readonly string[] Flags =
    [
        "REUSE", "INTERCEPT", "NORETRY", "IDONLY", "NAMEINARGS", "NODELAY", "KEEPALIVE", "NOLIBWRAP", "SENSOR", "IPv4", "IPv6", "LABELED",
    ];

    private static readonly string[] Types = ["RPC", "INTERNAL", "UNLISTED", "TCPMUX", "TCPMUXPLUS"];
    private static readonly string[] Successes = ["HOST", "DURATION", "EXIT", "PID", "USERID", "TRAFFIC"];
    private static readonly string[] Failures = ["HOST", "ATTEMPT", "USERID", "RECORD"];

    public void Write(ServiceDefinition service)
    {
        Line($"id = {service.Id}");
        Line($"flags = {Words((uint)service.Flags, Flags)}");
        Line($"type = {Words((uint)service.Types, Types)}");
        Line($"socket_type = {SocketText(service.SocketType)}");
        Line($"Protocol (name,number) = ({service.Protocol.Name},{service.Protocol.Number})");
        Line($"port = {service.Port}");
        Line($"wait = {(service.Wait ? "yes" : "no")}");
        WriteWho(service);
        WriteLimits(service);
        Line($"Bind = {(service.Bind.Length == 0 ? "All addresses." : service.Bind)}");
        WriteServer(service);
        WriteAccess(service);
        WriteLog(service);
        WriteEnvironment(service);
    }

    internal static string SocketText(SocketType type) => type switch
    {
        SocketType.Stream => "stream",
        SocketType.Dgram => "dgram",
        SocketType.Raw => "raw",
        _ => "seqpacket",
    };

    private void WriteWho(ServiceDefinition service)
    {
        if (service.User is { } user)
        {
            Line($"user = {user.Uid}");
        }

        if (service.Group is { } group)
        {
            Line($"group = {group.Gid}");
        }

        Line($"Groups = {(service.Groups ? "yes" : "no")}");
        if (service.Umask is { } umask)
        {
            Line($"umask = {Octal(umask)}");
        }

        if (service.Nice != 0)
        {
            Line($"Nice = {service.Nice}");
        }
    }

    private void WriteLimits(ServiceDefinition service)
    {
        if (service.Instances is { } instances)
        {
            Line($"Instances = {instances}");
        }

        if (service.Cps.Rate > 0)
        {
            Line($"CPS = max conn:{service.Cps.Rate} wait:{service.Cps.WaitSeconds}");
        }

        if (service.MaxLoad is { } load)
        {
            Line($"Max load = {(long)load}.{StateDump.TwoDigits((int)((long)(load * 100) % 100))}");
        }

        // The original's number for no limit.
        Line($"PER_SOURCE = {service.PerSource ?? -1}");
        foreach (ResourceLimit limit in service.ResourceLimits)
        {
            Line($"Resource limit {limit.Resource} = {(limit.Value == ulong.MaxValue ? "unlimited" : limit.Value)}");
        }
    }

    private void WriteServer(ServiceDefinition service)
    {
        if (service.Server.Length > 0)
        {
            Line($"Server = {service.Server}");
            Line($"Server argv = {string.Join(' ', service.Arguments)}");
        }

        if (service.Start.Kind != StartKind.OnDemand)
        {
            string place = service.Start.Backend is { } backend ? $" at {backend.Host}:{backend.Port}" : "";
            Line($"Start = {service.Start.Text}{place}");
        }

        if (service.Redirect is { } redirect)
        {
            Line($"Redirect = {redirect.Host}:{redirect.Port}");
        }
    }

    private void WriteAccess(ServiceDefinition service)
    {
        if (!service.AccessTimes.IsDefaultOrEmpty)
        {
            List<string> hours = [];
            foreach (AccessHours span in service.AccessTimes)
            {
                hours.Add($"{Clock(span.FromMinute)}-{Clock(span.ToMinute)}");
            }

            Line($"Access times = {string.Join(' ', hours)}");
        }

        Line(service.OnlyFrom.IsDefault ? "Only from: All sites" : $"Only from:  {Patterns(service.OnlyFrom)}");
        Line(service.NoAccess.IsDefaultOrEmpty ? "No access: No blocked sites" : $"No access:  {Patterns(service.NoAccess)}");
    }

    private void WriteLog(ServiceDefinition service)
    {
        LogTarget target = service.LogType;
        Line(target.Kind switch
        {
            LogTargetKind.Syslog => $"Logging to syslog. Facility = {target.Facility >> 3}, level = {target.Level}",
            LogTargetKind.CommonFile => "Logging to common log file",
            _ when target.HardLimit == 0 => $"Logging to file: {target.Path} (no limits)",
            _ => $"Logging to file: {target.Path} (soft = {target.SoftLimit}, hard = {target.HardLimit})",
        });
        Line($"Log_on_success flags = {Words((uint)service.LogOnSuccess, Successes)}");
        Line($"Log_on_failure flags = {Words((uint)service.LogOnFailure, Failures)}");
    }

    // What is added for the server is shown. What is passed on of the daemon's own environment is named, and its values are not:
    // everybody may read the file.
    private void WriteEnvironment(ServiceDefinition service)
    {
        if (!service.PassEnvironment.IsDefault)
        {
            Line($"Passenv = {string.Join(' ', service.PassEnvironment)}");
        }

        if (!service.Environment.IsDefaultOrEmpty)
        {
            Line("Environment additions:");
            foreach (string word in service.Environment)
            {
                line(3, word);
            }
        }
    }

    private void Line(string text) => line(2, text);

    private static string Clock(int minute) => $"{StateDump.TwoDigits(minute / 60)}:{StateDump.TwoDigits(minute % 60)}";

    private static string Patterns(ImmutableArray<AddressPattern> patterns)
    {
        // A list of 100,000 networks is no help to a reader.
        const int Most = 1000;
        List<string> words = [];
        foreach (AddressPattern pattern in patterns.AsSpan()[..Math.Min(patterns.Length, Most)])
        {
            words.Add(pattern.Kind == AddressPatternKind.Network ? Network(pattern) : $"{pattern.Name}(HOST)");
        }

        return string.Join(' ', words) + (patterns.Length > Most ? $" and {patterns.Length - Most} more" : "");
    }

    private static string Network(AddressPattern pattern)
    {
        bool isV4 = pattern.Address.IsV4 && pattern.PrefixLength >= 96;
        int bits = isV4 ? pattern.PrefixLength - 96 : pattern.PrefixLength;
        bool isWhole = pattern.PrefixLength == 128;
        return isWhole ? $"{pattern.Address}(NUMERIC)" : $"{pattern.Address}/{bits}(NET)";
    }

    private static string Octal(int number) => number < 8 ? $"{number}" : Octal(number / 8) + $"{number % 8}";

    private static string Words(uint bits, string[] names)
    {
        string words = "";
        for (int i = 0; i < names.Length; i++)
        {
            if ((bits & (1u << i)) != 0)
            {
                words += words.Length == 0 ? names[i] : " " + names[i];
            }
        }

        return words;
    }
}
