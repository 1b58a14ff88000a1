using System;
using System.Collections.Generic;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;

namespace Rouse.Config.Doctor;

/// <summary>Programs that anybody may start as root, as many as they like.</summary>
internal static class Exposure
{
    private static readonly CpsLimit BuiltInCps = new(50, 10);

    public static void Look(Examination e)
    {
        foreach (ServiceDefinition service in e.Configuration.Services)
        {
            // A service of inetd's own file has inetd's limit of starts, and none of the attributes that are asked for here.
            if (!service.IsInetdLine && IsOpen(service) && IsUnlimited(e, service) && !IsBehindAList(e, service))
            {
                Tell(e, service);
            }
        }
    }

    // Where the server gets the socket itself, there is one.
    private static bool IsOpen(ServiceDefinition s) => s.Spawns() && !s.HandsSocketOver() && !s.IsIntercepted && (s.User?.Uid ?? 0) == 0
        && s.OnlyFrom.IsDefault && s.NoAccess.IsDefaultOrEmpty && !s.IsLocalOnly();

    private static bool IsUnlimited(Examination e, ServiceDefinition s) => s.Instances is null && s.PerSource is null && s.MaxLoad is null
        && (s.Cps.Rate == 0 || (s.Cps == BuiltInCps && e.Places.Of(s, "cps") is null && e.Places.InDefaults("cps") is null));

    private static bool IsBehindAList(Examination e, ServiceDefinition service)
    {
        bool restricted = service.IsMultiplexed;
        foreach (ServiceDefinition multiplexer in e.Multiplexers)
        {
            restricted &= !multiplexer.OnlyFrom.IsDefault || multiplexer.IsLocalOnly();
        }

        return restricted;
    }

    private static void Tell(Examination e, ServiceDefinition service)
    {
        bool asksRules = e.HasWrapperRules
            && (!service.Flags.HasFlag(ServiceFlags.NoLibwrap) || service.Server.EndsWith("/tcpd", StringComparison.Ordinal));
        string slowed = service.Cps.Rate == 0
            ? "cps is switched off too"
            : $"the default cps of {service.Cps.Rate} a second slows them down and bounds nothing";
        List<string> limits = [];
        foreach (string name in (ReadOnlySpan<string>)["rlimit_as", "rlimit_cpu", "rlimit_data", "rlimit_files", "rlimit_rss", "rlimit_stack"])
        {
            if (e.Places.Of(service, name) is not null)
            {
                limits.Add(name);
            }
        }

        string each = limits.Count == 0 ? "" : $" ({string.Join(", ", limits)} hold{(limits.Count == 1 ? "s" : "")} each server, not their number)";
        string who = asksRules
            ? "whom the rules of tcp_wrappers let in may start as many servers as root as they like"
            : "anybody may start as many servers as root as they like, as there is neither only_from nor no_access";
        string message = $"service {Quoted.Of(service.Id)}: {who}: none of instances, per_source and max_load is set, and {slowed}{each}. "
            + (asksRules ? "Set instances and per_source." : "Set instances and per_source, and only_from or bind if not everybody should come.");
        if (asksRules)
        {
            e.Note(Codes.OpenToEverybody, service.Span, message);
        }
        else
        {
            e.Warn(Codes.OpenToEverybody, service.Span, message);
        }
    }
}
