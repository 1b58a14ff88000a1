using System;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Config.Attributes;

/// <summary>access_times and deny_time.</summary>
internal static class TimeValues
{
    public static bool AccessTimes(Assignment a)
    {
        bool understood = true;
        for (int i = 0; i < a.Count; i++)
        {
            understood &= ReadSpan(a, i);
        }

        return understood;
    }

    public static bool DenyTime(Assignment a)
    {
        long minutes = 0;
        if (a.Value(0).Is("FOREVER"u8))
        {
            minutes = -1;
        }
        else if (!a.Value(0).Is("NEVER"u8) && !Numbers.TryRead(a.Value(0), -1, int.MaxValue, out minutes))
        {
            return a.Fail(
                Codes.BadNumber,
                a.Span(0),
                $"deny_time is {Quoted.Of(a.Value(0))}, which is neither a number of minutes nor FOREVER nor NEVER",
                "Write one of them.");
        }

        a.Draft.DenyTime = new((int)minutes);
        return true;
    }

    private static bool ReadSpan(Assignment a, int index)
    {
        ReadOnlySpan<byte> span = a.Value(index);
        int dash = span.IndexOf((byte)'-');
        if (dash < 0 || !TryReadTime(span[..dash], out int from) || !TryReadTime(span[(dash + 1)..], out int to))
        {
            return a.Fail(
                Codes.BadAccessTime,
                a.Span(index),
                $"{Quoted.Of(span)} is no span of time",
                "Write hour:minute-hour:minute, with hours from 0 to 23, such as 8:00-17:59; the day's last minute is 23:59.");
        }

        if (from > to)
        {
            return a.Fail(
                Codes.AccessTimeOverMidnight,
                a.Span(index),
                $"{Quoted.Of(span)} ends before it begins",
                $"A span cannot go over midnight: write two, {Clock(from)}-23:59 0:00-{Clock(to)}.");
        }

        if (from == to)
        {
            return a.Fail(
                Codes.BadAccessTime,
                a.Span(index),
                $"{Quoted.Of(span)} begins and ends in the same minute",
                "The end must be later than the beginning.");
        }

        a.Draft.AccessTimes.Add(new(from, to, a.Span(index)));
        return true;
    }

    private static bool TryReadTime(ReadOnlySpan<byte> text, out int minute)
    {
        int colon = text.IndexOf((byte)':');
        if (colon < 0 || !Numbers.AreDigits(text[..colon]) || !Numbers.AreDigits(text[(colon + 1)..]))
        {
            minute = 0;
            return false;
        }

        bool inHour = Numbers.TryRead(text[..colon], 0, 23, out long hours) & Numbers.TryRead(text[(colon + 1)..], 0, 59, out long minutes);
        minute = (int)((hours * 60) + minutes);
        return inHour;
    }

    private static string Clock(int minute) => $"{minute / 60}:{minute % 60:00}";
}
