using System.Globalization;

namespace Rouse.Tools.Processes;

/// <summary>
/// What processes hold. <paramref name="Kib"/>: each one's fair share of what is in use (PSS), or all that it has in memory (RSS) where the
/// share may not be read; null where there are processes and none of them can be looked at.
/// </summary>
/// <param name="IsShare">No RSS is in it.</param>
internal readonly record struct HeldMemory(long? Kib, bool IsShare)
{
    /// <summary>For people: a size that may be counted more than once says so.</summary>
    public string Text => Kib is { } kib ? string.Create(CultureInfo.InvariantCulture, $"{kib} KiB{(IsShare ? "" : " RSS")}") : "-";
}
