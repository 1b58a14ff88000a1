using System;
using System.Collections.Generic;
using System.Globalization;
using Rouse.Config.Text;

namespace Rouse.Tools.Measure;

/// <summary>Bytes as they are written on a command line: <c>\r</c>, <c>\n</c>, <c>\t</c>, <c>\\</c> and <c>\xHH</c>.</summary>
internal static class EscapedText
{
    public static bool TryRead(string text, out byte[] bytes)
    {
        List<byte> read = [];
        bytes = [];
        byte[] from = SourceFile.Encode(text);
        for (int i = 0; i < from.Length; i++)
        {
            if (from[i] != (byte)'\\')
            {
                read.Add(from[i]);
                continue;
            }

            char kind = ++i < from.Length ? (char)from[i] : '\0';
            if (kind == 'x' && i + 2 < from.Length && byte.TryParse(from.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                read.Add(value);
                i += 2;
            }
            else if ("rnt\\".IndexOf(kind) is >= 0 and int known)
            {
                read.Add("\r\n\t\\"u8[known]);
            }
            else
            {
                return false;
            }
        }

        bytes = [.. read];
        return true;
    }
}
