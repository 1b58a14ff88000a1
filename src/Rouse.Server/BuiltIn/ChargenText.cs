using System;

namespace Rouse.Server.BuiltIn;

/// <summary>
/// The character generator's text (RFC 864) as the original writes it: lines of 72 characters and CR LF; the ring runs from <c>!</c> to
/// <c>}</c>, and each line starts one character further than the line before. The starts run two characters over the ring's end before
/// they begin again.
/// </summary>
internal static class ChargenText
{
    public const int LineLength = 72;
    private const int First = 0x21;
    private const int RingSize = 0x7d - First + 1;
    private const int LineBytes = LineLength + 2;
    private const int Starts = RingSize + 2;

    /// <summary>The text repeats itself after this many bytes.</summary>
    public const int Period = Starts * LineBytes;

    /// <summary>Fills a buffer with the text from one of its positions on.</summary>
    public static void Fill(Span<byte> buffer, int position)
    {
        for (int i = 0; i < buffer.Length; i++)
        {
            int at = (position + i) % Period;
            int column = at % LineBytes;
            buffer[i] = column switch
            {
                LineLength => (byte)'\r',
                LineLength + 1 => (byte)'\n',
                _ => (byte)(First + (((at / LineBytes) + column) % RingSize)),
            };
        }
    }
}
