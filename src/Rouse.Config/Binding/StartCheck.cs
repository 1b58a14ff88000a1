using Rouse.Config.Attributes;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;

namespace Rouse.Config.Binding;

/// <summary>Whether a service can be started as its <c>start</c> says.</summary>
internal static class StartCheck
{
    private static readonly AttributeId[] OfStart = [AttributeId.Backend, AttributeId.IdleTimeout, AttributeId.StartTimeout, AttributeId.Wake];

    public static void Check(Draft s)
    {
        string? unfit = s.Start.Kind switch
        {
            StartKind.Warm or StartKind.WarmShared => WhyNotWarm(s),
            StartKind.Resident => WhyNotResident(s),
            StartKind.OnDemandResident => WhyNotBehind(s),
            _ => null,
        };
        if (unfit is not null && s.Start.Kind is StartKind.Warm or StartKind.WarmShared)
        {
            // Warm and on demand differ in nothing but the time that a peer waits.
            s.Report(
                Codes.StartOnDemand,
                Severity.Warning,
                s.PlaceOf(AttributeId.Start),
                $"start = warm has no effect: {unfit}",
                "Take the line out.");
            s.Start = s.Start with { Kind = StartKind.OnDemand, Count = null };
        }
        else if (unfit is not null)
        {
            s.Fail(Codes.StartShape, s.PlaceOf(AttributeId.Start), unfit, "Change what does not fit, or take the line out.");
        }

        if (unfit is null && s.Start.Kind == StartKind.Resident && !s.Is(ServiceFlags.Intercept))
        {
            CheckLists(s);
        }

        TellIdle(s);
        if (s.Start.Kind == StartKind.OnDemandResident)
        {
            // The daemon keeps the sockets, whatever the server of another super-server would be given.
            s.Wait = false;
        }
    }

    // The daemon never sees the peers of a server that takes connections by itself: a list that is not asked must not look as if it held.
    private static void CheckLists(Draft s)
    {
        AttributeId? list = s.OnlyFrom is not null ? AttributeId.OnlyFrom
            : s.NoAccess is { Patterns.Count: > 0 } ? AttributeId.NoAccess
            : s.AccessTimes.Count > 0 ? AttributeId.AccessTimes
            : null;
        if (list is { } asked)
        {
            s.Fail(
                Codes.ResidentUnjudged,
                s.PlaceOf(asked),
                $"{AttributeTable.NameOf(asked)} would never be asked: a resident server takes its connections by itself",
                "Add flags = INTERCEPT, or limit the peers in the server and take the list out.");
        }
    }

    private static string? WhyNotWarm(Draft s) => WhyNoServer(s) ?? (s.SocketType != SocketType.Stream || s.Wait
        ? "only a server that gets one accepted connection can be started before it, that is with socket_type = stream and wait = no"
        : s.Is(ServiceFlags.Labeled) ? "with LABELED each server's security context depends on its peer" : null);

    private static string? WhyNotResident(Draft s) => WhyNoServer(s) ?? (!s.Wait
        ? "a resident server takes connections from the service's own socket, and so needs wait = yes"
        : s.Is(ServiceTypes.Tcpmux) || s.Is(ServiceTypes.TcpmuxPlus) ? "behind the multiplexer there is no socket to give to a resident server"
        : null);

    private static string? WhyNotBehind(Draft s) => WhyNoServer(s) ?? (!s.Has(AttributeId.Backend)
        ? "on-demand-resident needs backend, the address and port where the server listens"
        : s.SocketType is not (SocketType.Stream or SocketType.Dgram) || s.Is(ServiceTypes.Rpc) || s.Local is not null
        ? "on-demand-resident is for tcp and udp only, without RPC"
        : s.Is(ServiceTypes.Tcpmux) || s.Is(ServiceTypes.TcpmuxPlus) ? "on-demand-resident does not go with TCPMUX"
        : s.Is(ServiceFlags.Labeled) ? "with LABELED each server's security context depends on its peer, and here there is one server for all"
        : null);

    private static string? WhyNoServer(Draft s) =>
        s.Is(ServiceTypes.Internal) ? "an internal service has no server"
        : s.Has(AttributeId.Redirect) ? "a redirected service has no server"
        : null;

    private static void TellIdle(Draft s)
    {
        foreach (AttributeId id in OfStart)
        {
            bool isUsed = s.Start.Kind switch
            {
                StartKind.OnDemandResident => true,
                StartKind.Warm or StartKind.WarmShared => id is AttributeId.IdleTimeout or AttributeId.StartTimeout,
                _ => false,
            };
            if (!isUsed && s.Has(id))
            {
                s.Report(
                    Codes.StartAttributeIdle,
                    Severity.Warning,
                    s.PlaceOf(id),
                    $"{AttributeTable.NameOf(id)} has no effect without a start that uses it",
                    id is AttributeId.Backend or AttributeId.Wake ? "It goes with start = on-demand-resident." : "It goes with start = warm and with on-demand-resident.");
            }
        }
    }
}
