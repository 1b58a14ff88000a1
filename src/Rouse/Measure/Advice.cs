using System.Globalization;

namespace Rouse.Tools.Measure;

/// <summary>What to do for a server that is connected to at a rate, in one sentence.</summary>
/// <param name="Way">The way that is advised.</param>
internal sealed record Advice(Way Way, string Sentence)
{
    // Below these nobody notices that a server was started first.
    private const double NoticedMs = 2;
    private const double NoticedRatio = 2;

    /// <param name="rate">Connections a second.</param>
    public static Advice Of(CostModel model, double rate)
    {
        WayFigures? cold = model.Find(Way.Cold);
        string at = $"At {Rate(rate)}";
        if (cold is null)
        {
            WayFigures only = model.Figures[0];
            return new Advice(only.Way, $"{at}: only the way {only.Way.Name()} was measured, so that there is nothing to choose.");
        }

        if (model.BreakEven is { } breakEven && rate >= breakEven)
        {
            return PastBreakEven(model, cold, rate, $"{at}, past the break-even of {Rate(breakEven)},");
        }

        if (rate > cold.ConnectionsPerSecond)
        {
            return Busy(model, cold, rate, at);
        }

        string below = model.BreakEven is { } higher ? $"{at}, below the break-even of {Rate(higher)}," : $"{at}";
        if (model.Find(Way.Warm) is { } warm && IsNoticed(cold, warm) && CostModel.InUse(rate) >= 0.5)
        {
            return new Advice(
                Way.Warm,
                $"{below} start = warm auto pays: the first byte comes after {Ms(warm.FirstByteP50)} instead of {Ms(cold.FirstByteP50)}, for "
                + $"{Kib(model.MemoryKib(warm, rate) ?? warm.LoadKib)} on average instead of {Kib(model.MemoryKib(cold, rate) ?? 0)}.");
        }

        return new Advice(
            Way.Cold,
            $"{below} start = on-demand is right: the first byte comes after {Ms(cold.FirstByteP50)}, and the memory is "
            + $"{Kib(model.MemoryKib(cold, rate) ?? 0)} on average.");
    }

    /// <summary>A rate in the unit that suits it.</summary>
    public static string Rate(double perSecond) => perSecond switch
    {
        >= 10 => Count(perSecond, "#,0", "a second"),
        >= 1 => Count(perSecond, "0.#", "a second"),
        >= 1.0 / 60 => Count(perSecond * 60, "0.#", "a minute"),
        >= 1.0 / 3600 => Count(perSecond * 3600, "0.#", "an hour"),
        > 0 => Count(perSecond * 86400, "0.##", "a day"),
        _ => "no connections",
    };

    public static string Ms(double ms) =>
        ms.ToString(ms >= 10 ? "#,0" : ms >= 1 ? "0.0" : "0.00", CultureInfo.InvariantCulture) + " ms";

    public static string Kib(double kib) => kib >= 10_240
        ? (kib / 1024).ToString("#,0.0", CultureInfo.InvariantCulture) + " MiB"
        : kib.ToString(kib >= 10 || kib == 0 ? "#,0" : "0.0", CultureInfo.InvariantCulture) + " KiB";

    private static string Count(double number, string format, string unit)
    {
        string text = number.ToString(format, CultureInfo.InvariantCulture);
        return $"{text} connection{(text == "1" ? "" : "s")} {unit}";
    }

    private static Advice PastBreakEven(CostModel model, WayFigures cold, double rate, string at)
    {
        WayFigures always = model.AlwaysThere!;
        string how = always.Way == Way.Resident ? "start = resident is right" : "let it run standalone";
        string why = rate >= cold.ConnectionsPerSecond
            ? $"on demand no more than {Rate(cold.ConnectionsPerSecond)} are served"
            : $"{Kib(model.MemoryKib(always, rate) ?? always.LoadKib)} all the time instead of {Kib(model.MemoryKib(cold, rate) ?? cold.LoadKib)} on average";
        string asleep = always.Way == Way.Standalone
            ? "; where it also has quiet hours, start = on-demand-resident with it as the backend lets it sleep"
            : "";
        return new Advice(always.Way, $"{at} {how}: {why}, and the first byte comes after {Ms(always.FirstByteP50)} instead of {Ms(cold.FirstByteP50)}{asleep}.");
    }

    private static Advice Busy(CostModel model, WayFigures cold, double rate, string at)
    {
        string limit = $"on demand no more than {Rate(cold.ConnectionsPerSecond)} are served";
        foreach (Way way in (Way[])[Way.Shared, Way.Warm])
        {
            if (model.Find(way) is { } other && other.ConnectionsPerSecond >= rate)
            {
                string start = way == Way.Shared ? "warm shared" : "warm auto";
                return new Advice(way, $"{at} start = {start} is needed: {limit}, with it {Rate(other.ConnectionsPerSecond)}.");
            }
        }

        return new Advice(
            Way.Cold,
            $"{at} it must run standalone, if it can: {limit}, and no other measured way keeps up; --standalone COMMAND measures that one.");
    }

    private static bool IsNoticed(WayFigures cold, WayFigures other) =>
        cold.FirstByteP50 >= other.FirstByteP50 * NoticedRatio && cold.FirstByteP50 - other.FirstByteP50 >= NoticedMs;
}
