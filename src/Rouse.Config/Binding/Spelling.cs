using System;
using Rouse.Config.Attributes;

namespace Rouse.Config.Binding;

/// <summary>Finds the attribute that somebody may have meant.</summary>
internal static class Spelling
{
    private const int LongestName = 20;

    public static string Advice(ReadOnlySpan<byte> name, Places place)
    {
        string? nearest = null;
        int least = 3;
        if (name.Length <= LongestName)
        {
            foreach (AttributeRow row in AttributeTable.Rows)
            {
                int distance = row.Places.HasFlag(place) ? Distance(name, row.Name) : least;
                if (distance < least)
                {
                    (nearest, least) = (row.Name, distance);
                }
            }
        }

        return nearest is null ? "Take it out." : $"Did you mean {nearest}?";
    }

    /// <summary>How many letters must be put in, left out or exchanged.</summary>
    private static int Distance(ReadOnlySpan<byte> from, string to)
    {
        Span<int> row = stackalloc int[LongestName + 1];
        for (int j = 0; j <= to.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int above = row[j];
                int exchange = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                row[j] = Math.Min(exchange, Math.Min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }

        return row[to.Length];
    }
}
