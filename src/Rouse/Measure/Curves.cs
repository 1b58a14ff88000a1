using System;
using System.Collections.Generic;

namespace Rouse.Tools.Measure;

/// <summary>The two curves of each way over the rate of connections, as both drawings show them.</summary>
internal sealed class Curves
{
    private const double LowestRate = 1.0 / 3600;

    private readonly CostModel _model;

    public Curves(CostModel model)
    {
        _model = model;
        double highest = 1;
        foreach (WayFigures one in model.Figures)
        {
            highest = Math.Max(highest, one.ConnectionsPerSecond);
        }

        HighestRate = Math.Pow(10, Math.Ceiling(Math.Log10(highest)));
    }

    public double HighestRate { get; }

    public IReadOnlyList<WayFigures> Ways => _model.Figures;

    public double? BreakEven => _model.BreakEven is { } rate && rate >= LowestRate && rate <= HighestRate ? rate : null;

    /// <summary>Where the rate stands on the axis, from 0 to 1; the axis is logarithmic.</summary>
    public double Place(double rate) => Math.Log(rate / LowestRate) / Math.Log(HighestRate / LowestRate);

    public double RateAt(double place) => LowestRate * Math.Pow(HighestRate / LowestRate, place);

    /// <summary>Marks of the axis with their names.</summary>
    public IEnumerable<(double Rate, string Name)> Marks()
    {
        yield return (LowestRate, "1/h");
        yield return (10.0 / 3600, "10/h");
        yield return (1.0 / 60, "1/min");
        yield return (10.0 / 60, "10/min");
        for (double rate = 1; rate <= HighestRate * 1.001; rate *= 10)
        {
            yield return (rate, FormattableString.Invariant($"{rate:0}/s"));
        }
    }

    /// <summary>The value at each of so many places from left to right; null where the way cannot keep up.</summary>
    public double?[] Memory(WayFigures way, int places) => Values(places, rate => _model.MemoryKib(way, rate));

    public double?[] Latency(WayFigures way, int places) => Values(places, rate => _model.LatencyMs(way, rate));

    /// <summary>Powers of ten around all values, for an axis: none below <paramref name="least"/>.</summary>
    public static (double Low, double High) Bounds(IEnumerable<double?[]> curves, double least)
    {
        double low = double.MaxValue;
        double high = least * 10;
        foreach (double?[] curve in curves)
        {
            foreach (double? value in curve)
            {
                if (value is { } known)
                {
                    low = Math.Min(low, Math.Max(known, least));
                    high = Math.Max(high, known);
                }
            }
        }

        low = low == double.MaxValue ? least : low;
        return (Math.Pow(10, Math.Floor(Math.Log10(low))), Math.Pow(10, Math.Ceiling(Math.Log10(high) - 1e-9)));
    }

    private double?[] Values(int places, Func<double, double?> value)
    {
        double?[] values = new double?[places];
        for (int i = 0; i < places; i++)
        {
            values[i] = value(RateAt((double)i / (places - 1)));
        }

        return values;
    }
}
