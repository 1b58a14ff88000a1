using System;
using Rouse.Access.Wrappers;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Tools.Wrappers;

namespace Rouse.Tools.TcpdMatch;

/// <summary>Takes the bytes of a banner.</summary>
internal delegate void BannerWriter(ReadOnlySpan<byte> bytes);

/// <summary>
/// The file that the option <c>banners</c> shows: named after the daemon, with lines that end in CR LF and expansions put in.
/// </summary>
internal sealed class BannerText(WrapperRequest request, Warnings warnings)
{
    /// <summary>What the original reads of a line at a time.</summary>
    private const int LineRoom = 8190;

    private const int ExpandedRoom = 16384;

    public void Write(WrapperOption option, BannerWriter write)
    {
        if (Files.KindOf(option.Value) == FileKind.Missing)
        {
            warnings.Add($"{option.Span}: there is no directory {option.Value}");
            return;
        }

        string path = $"{option.Value}/{request.Daemon}";
        if (Files.KindOf(path) != FileKind.Regular || !Files.Read(path, out byte[] bytes).Ok)
        {
            return;
        }

        // Zero bytes at the beginning go out as they are.
        ReadOnlySpan<byte> rest = bytes.AsSpan().TrimStart((byte)0);
        write(bytes.AsSpan(0, bytes.Length - rest.Length));
        while (!rest.IsEmpty)
        {
            int newline = rest.IndexOf((byte)'\n');
            int length = Math.Min(newline < 0 ? rest.Length : newline + 1, LineRoom);
            if (Line(rest[..length]) is not { } line)
            {
                warnings.Add($"{path}: a line becomes too long with its expansions");
                return;
            }

            write(SourceFile.Encode(line));
            rest = rest[length..];
        }
    }

    private string? Line(ReadOnlySpan<byte> bytes)
    {
        int zero = bytes.IndexOf((byte)0);
        string text = SourceFile.Decode(zero < 0 ? bytes : bytes[..zero]);
        return WrapperExpansion.Expand(
            text.EndsWith('\n') && IsBalanced(text) ? text[..^1] + "\r\n" : text, request, Environment.ProcessId, ExpandedRoom);
    }

    // The original does not see the end of a line in which a bracket is open.
    private static bool IsBalanced(string text)
    {
        int depth = 0;
        foreach (char c in text)
        {
            depth += c == '[' ? 1 : c == ']' ? -1 : 0;
        }

        return depth == 0;
    }
}
