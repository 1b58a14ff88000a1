using System;
using System.Collections.Generic;

namespace Rouse.Tools.Measure;

/// <summary>What a load saw: milliseconds of each connection that was answered, and how many were not.</summary>
internal sealed class LoadResult
{
    private readonly List<double> _firstByte = [];
    private readonly List<double> _whole = [];

    public int Count => _whole.Count;

    public int Errors { get; private set; }

    /// <summary>Why the first of them failed.</summary>
    public string Error { get; private set; } = "";

    public void Add(double firstByteMs, double wholeMs)
    {
        _firstByte.Add(firstByteMs);
        _whole.Add(wholeMs);
    }

    public void Fail(string why)
    {
        Error = Errors == 0 ? why : Error;
        Errors++;
    }

    /// <summary>Of the times to the first byte. The value that at most so great a part of all exceeds; 0 of none.</summary>
    public double FirstByte(double quantile) => Quantile(_firstByte, quantile);

    public double Whole(double quantile) => Quantile(_whole, quantile);

    internal static double Quantile(List<double> values, double quantile)
    {
        if (values.Count == 0)
        {
            return 0;
        }

        values.Sort();
        return values[Math.Min((int)(values.Count * quantile), values.Count - 1)];
    }
}
