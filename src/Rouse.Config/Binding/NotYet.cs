using System;
using Rouse.Config.Attributes;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;

namespace Rouse.Config.Binding;

/// <summary>
/// What the language has and this version does not do. A service that would not be what its entry says is left out; what only adds
/// something is told. When a feature is built, its row goes.
/// </summary>
internal static class NotYet
{
    private static readonly Row[] Rows =
    [
        NotServed("redirect", AttributeId.Redirect, s => s.Has(AttributeId.Redirect)),
        NotServed("type TCPMUX", AttributeId.Type, s => s.Is(ServiceTypes.Tcpmux) || s.Is(ServiceTypes.TcpmuxPlus)),
        NotServed("the internal service tcpmux", AttributeId.Type, s => s.BuiltIn == BuiltInService.Tcpmux),
        NotServed("the internal service services", AttributeId.Type, s => s.BuiltIn == BuiltInService.Services),
        NotServed("the internal service servers", AttributeId.Type, s => s.BuiltIn == BuiltInService.Servers),
        NotServed("flag SENSOR", AttributeId.Flags, s => s.Is(ServiceFlags.Sensor)),
        NotServed("flag INTERCEPT", AttributeId.Flags, s => s.Is(ServiceFlags.Intercept)),
        NotServed("flag LABELED", AttributeId.Flags, s => s.Is(ServiceFlags.Labeled)),
        NotServed("flag IDONLY", AttributeId.Flags, s => s.Is(ServiceFlags.IdOnly)),
        NotServed("socket_type raw", AttributeId.SocketType, s => s.SocketType == SocketType.Raw),
        NotServed("socket_type seqpacket", AttributeId.SocketType, s => s.SocketType == SocketType.SeqPacket),
        Ignored(
            Severity.Notice, "USERID: users are not asked for", AttributeId.LogOnSuccess, s => s.LogOnSuccess.HasFlag(LogOnSuccess.UserId)),
        Ignored(
            Severity.Notice, "USERID: users are not asked for", AttributeId.LogOnFailure, s => s.LogOnFailure.HasFlag(LogOnFailure.UserId)),
        Ignored(
            Severity.Notice,
            "RECORD: no RECORD line is written",
            AttributeId.LogOnFailure,
            s => s.LogOnFailure.HasFlag(LogOnFailure.Record)),
        Ignored(Severity.Notice, "mdns: the service is not announced", AttributeId.Mdns, s => s.Has(AttributeId.Mdns)),
        Ignored(
            Severity.Notice,
            "NORETRY: a server that cannot be started is never tried again",
            AttributeId.Flags,
            s => s.Is(ServiceFlags.NoRetry)),
    ];

    public static void Check(Draft service)
    {
        foreach (Row row in Rows)
        {
            if (row.Applies(service))
            {
                service.Report(row.Code, row.Severity, service.PlaceOf(row.Place), row.What, row.Advice);
            }
        }
    }

    private static Row NotServed(string feature, AttributeId place, Predicate<Draft> applies) => new(
        Codes.NotServedYet,
        Severity.Error,
        place,
        applies,
        $"{feature} is not served by this version yet",
        "Set disable = yes, or wait for a later version.");

    private static Row Ignored(Severity severity, string what, AttributeId place, Predicate<Draft> applies) => new(
        Codes.NoEffectYet, severity, place, applies, $"{what} by this version yet", "");

    private sealed record Row(string Code, Severity Severity, AttributeId Place, Predicate<Draft> Applies, string What, string Advice);
}
