using System;
using System.Buffers;
using System.Text;

namespace Rouse.Config.Diagnostics;

/// <summary>
/// Writes bytes of a file so that a terminal shows them and nothing more: valid UTF-8 as it is, everything that would steer the terminal
/// or turn the direction of text, and every byte that is no text, as <c>\xNN</c>.
/// </summary>
internal static class VisibleText
{
    /// <summary>Writes and returns the columns taken. A tab stays a tab and counts as one.</summary>
    public static int Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> destination)
    {
        int columns = 0;
        while (!bytes.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(bytes, out Rune rune, out int length);
            if (status == OperationStatus.Done && (rune.Value == '\t' || !Steers(rune.Value)))
            {
                destination.Write(bytes[..length]);
                columns++;
            }
            else
            {
                length = Math.Max(length, 1);
                foreach (byte value in bytes[..length])
                {
                    destination.Write([(byte)'\\', (byte)'x', Digit(value >> 4), Digit(value & 15)]);
                }

                columns += 4 * length;
            }

            bytes = bytes[length..];
        }

        return columns;
    }

    private static bool Steers(int rune) => rune is < 0x20 or (>= 0x7f and < 0xa0)
        or (>= 0x200b and <= 0x200f) or (>= 0x2028 and <= 0x202e) or (>= 0x2060 and <= 0x206f) or 0xfeff;

    private static byte Digit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);
}
