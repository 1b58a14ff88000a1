using System;
using System.Collections.Generic;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Doctor;

/// <summary>
/// Lines of a service's own entry that nothing reads for a service of its kind. What is inherited is not told: the defaults are there for all.
/// </summary>
internal static class IdleAttributes
{
    // Of user and group nothing is said: the files that come with the built-in services name one.
    private static readonly string[] OfServers =
    [
        "server", "server_args", "nice", "umask", "env", "passenv", "rlimit_as", "rlimit_cpu", "rlimit_data", "rlimit_files", "rlimit_rss",
        "rlimit_stack",
    ];

    public static void Look(Examination e)
    {
        foreach (ServiceDefinition service in e.Configuration.Services)
        {
            LookAtServer(e, service);
            LookAtKind(e, service);
            LookAtBanners(e, service);
        }
    }

    private static void LookAtServer(Examination e, ServiceDefinition service)
    {
        if (service.Spawns())
        {
            return;
        }

        List<string> idle = [];
        SourceSpan? first = null;
        foreach (string name in OfServers)
        {
            if (e.Places.Of(service, name) is { } place)
            {
                idle.Add(name);
                first = first is { } earlier && earlier.Start < place.Start ? earlier : place;
            }
        }

        if (first is { } span)
        {
            string why = service.Redirect is null ? "it is answered by the daemon itself" : "its connections are passed on by the daemon itself";
            e.Note(
                Codes.ServerAttributeIdle,
                span,
                $"{string.Join(", ", idle)} {(idle.Count == 1 ? "has" : "have")} no effect on service {Quoted.Of(service.Id)}: {why}, and no "
                    + $"program is started. Take {(idle.Count == 1 ? "the line" : "the lines")} out.");
        }
    }

    private static void LookAtKind(Examination e, ServiceDefinition service)
    {
        if (!service.IsSensor())
        {
            Tell(e, service, "deny_time", "only a service with flags = SENSOR shuts peers out", service.DenyTime != DenyTime.Never);
        }
        else if (!service.IsStream())
        {
            Tell(
                e, service, "deny_time", "a sensor for datagrams shuts nobody out, as anybody can write another's address on a datagram",
                service.DenyTime != DenyTime.Never);
        }

        if (service.IsMultiplexed)
        {
            const string Why = "peers come to a TCPMUX service through the port multiplexer";
            Tell(e, service, "port", Why);
            Tell(e, service, "bind", Why);
            Tell(e, service, "interface", Why);
        }
        else if (service.V6Only && service.Families() is (true, false))
        {
            Tell(e, service, "v6only", "the service listens on an IPv4 socket");
        }

        if (!service.Types.HasFlag(ServiceTypes.Rpc))
        {
            Tell(e, service, "rpc_version", "the service has no type = RPC, and is registered nowhere");
            Tell(e, service, "rpc_number", "the service has no type = RPC, and is registered nowhere");
        }

        if (e.Places.WordOf(service, "flags", "NOLIBWRAP") is not null)
        {
            Tell(e, service, "libwrap", "flags = NOLIBWRAP spares the service the rules that the name is for");
        }
    }

    private static void LookAtBanners(Examination e, ServiceDefinition service)
    {
        const string Nobody = "the peer of a service whose socket is handed to the server is not spoken to by the daemon";
        string? why = service.IsStream() ? (service.Accepts() ? null : Nobody) : "a banner goes to connections, and these are datagrams";
        foreach (string name in (ReadOnlySpan<string>)["banner", "banner_success", "banner_fail"])
        {
            string? reason = why
                ?? (name == "banner" && service.IsMultiplexed
                    ? "peers of a TCPMUX service have had the multiplexer's banner; banner_success is shown"
                    : name == "banner_success" && service.IsSensor() ? "a sensor lets nobody in" : null);
            if (reason is not null && e.Places.Of(service, name) is { } place)
            {
                e.Note(Codes.BannerIdle, place, $"{name} is never shown: {reason}. Take the line out.");
            }
        }
    }

    private static void Tell(Examination e, ServiceDefinition service, string attribute, string why, bool matters = true)
    {
        if (matters && e.Places.Of(service, attribute) is { } place)
        {
            e.Note(Codes.AttributeIdle, place, $"{attribute} has no effect: {why}. Take the line out.");
        }
    }
}
