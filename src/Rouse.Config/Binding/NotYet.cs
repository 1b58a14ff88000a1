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
        NotServed("type RPC", AttributeId.Type, s => s.Is(ServiceTypes.Rpc)),
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
