using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace Rouse.Access.Wrappers;

/// <summary>Daemons' names, which are the same in any case.</summary>
internal sealed class DaemonNames : IEqualityComparer<string>
{
    public const string All = "ALL";

    public static readonly DaemonNames Comparer = new();

    public bool Equals(string? x, string? y) => AsciiText.Same(x, y);

    public int GetHashCode([DisallowNull] string obj)
    {
        uint hash = 2166136261;
        foreach (char c in obj)
        {
            hash = (hash ^ AsciiText.Lower(c)) * 16777619;
        }

        return (int)hash;
    }
}
