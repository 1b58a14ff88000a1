using System;
using System.Text;

namespace Rouse.Config.Text;

/// <summary>
/// The words of the language itself: keywords, attributes' names, fixed values, ids. The original compares all of them without regard
/// to case, and <c>DISABLE = Yes</c> must switch a service off here too.
/// </summary>
internal static class Words
{
    public static bool Is(this ReadOnlySpan<byte> word, ReadOnlySpan<byte> keyword) => Ascii.EqualsIgnoreCase(word, keyword);

    public static bool Is(this ReadOnlySpan<byte> word, string keyword) => Ascii.EqualsIgnoreCase(word, keyword);
}
