using Rouse.Config.Diagnostics;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Attributes;

/// <summary>start and what belongs to it: Rouse's own attributes.</summary>
internal static class StartValues
{
    private const int MostParked = 1000;
    private const int LongestSeconds = 7 * 24 * 3600;
    private const string Words = "on-demand, warm, warm NUMBER, warm auto, warm shared, resident, on-demand-resident";

    public static bool Start(Assignment a)
    {
        StartKind? kind = a.Value(0) switch
        {
            var v when v.Is("on-demand"u8) => StartKind.OnDemand,
            var v when v.Is("warm"u8) => StartKind.Warm,
            var v when v.Is("resident"u8) => StartKind.Resident,
            var v when v.Is("on-demand-resident"u8) => StartKind.OnDemandResident,
            _ => null,
        };
        if (kind is null || a.Count > 2 || (a.Count == 2 && kind != StartKind.Warm))
        {
            return WordValues.Unknown(a, kind is null ? 0 : a.Count - 1, Words);
        }

        int? count = null;
        if (a.Count == 2 && a.Value(1).Is("shared"u8))
        {
            kind = StartKind.WarmShared;
        }
        else if (a.Count == 2 && !a.Value(1).Is("auto"u8))
        {
            if (!Numbers.TryRead(a.Value(1), 1, MostParked, out long number))
            {
                return a.Fail(
                    Codes.UnknownWord,
                    a.Span(1),
                    $"warm is followed by {Quoted.Of(a.Value(1))}, which is neither auto nor shared nor a number from 1 to {MostParked}",
                    $"It takes: {Words}.");
            }

            count = (int)number;
        }

        a.Draft.Start = a.Draft.Start with { Kind = kind.Value, Count = count };
        return true;
    }

    public static bool Backend(Assignment a)
    {
        bool found = NetworkValues.TryReadTarget(a, out RedirectTarget? target);
        a.Draft.Start = a.Draft.Start with { Backend = target };
        return found;
    }

    public static bool IdleTimeout(Assignment a)
    {
        if (a.Value(0).Is("UNLIMITED"u8))
        {
            a.Draft.Start = a.Draft.Start with { IdleTimeoutSeconds = null };
            return true;
        }

        bool understood = Seconds(a, " nor UNLIMITED", out int seconds);
        a.Draft.Start = a.Draft.Start with { IdleTimeoutSeconds = seconds };
        return understood;
    }

    public static bool StartTimeout(Assignment a)
    {
        bool understood = Seconds(a, "", out int seconds);
        a.Draft.Start = a.Draft.Start with { StartTimeoutSeconds = seconds };
        return understood;
    }

    public static bool Wake(Assignment a)
    {
        bool onData = a.Value(0).Is("data"u8);
        a.Draft.Start = a.Draft.Start with { WakesOnData = onData };
        return onData || a.Value(0).Is("connection"u8) || WordValues.Unknown(a, 0, "connection, data");
    }

    private static bool Seconds(Assignment a, string orElse, out int seconds)
    {
        bool understood = Numbers.TryRead(a.Value(0), 1, LongestSeconds, out long number);
        seconds = (int)number;
        string neither = orElse.Length > 0 ? "neither a" : "no";
        return understood || a.Fail(
            Codes.BadNumber,
            a.Span(0),
            $"{a.Row.Name} is {Quoted.Of(a.Value(0))}, which is {neither} number of seconds from 1 to {LongestSeconds}{orElse}",
            "Write one such as 300.");
    }
}
