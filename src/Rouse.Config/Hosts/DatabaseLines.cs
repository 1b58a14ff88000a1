using System;

namespace Rouse.Config.Hosts;

/// <summary>
/// The common form of /etc/services, /etc/protocols, /etc/networks and /etc/rpc (services(5), protocols(5), networks(5), rpc(5)): lines
/// of words, and a comment from <c>#</c> to the line's end.
/// </summary>
internal ref struct DatabaseLines(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public bool Next(out ReadOnlySpan<byte> line)
    {
        while (!_rest.IsEmpty)
        {
            int length = _rest.IndexOf((byte)'\n');
            line = length < 0 ? _rest : _rest[..length];
            _rest = length < 0 ? [] : _rest[(length + 1)..];
            int comment = line.IndexOf((byte)'#');
            line = (comment < 0 ? line : line[..comment]).Trim(" \t\r\v\f"u8);
            if (!line.IsEmpty)
            {
                return true;
            }
        }

        line = default;
        return false;
    }

    /// <summary>Cuts the first word off <paramref name="line"/>; empty at its end.</summary>
    public static ReadOnlySpan<byte> Word(scoped ref ReadOnlySpan<byte> line)
    {
        line = line.TrimStart(" \t"u8);
        int length = line.IndexOfAny((byte)' ', (byte)'\t');
        ReadOnlySpan<byte> word = length < 0 ? line : line[..length];
        line = line[word.Length..];
        return word;
    }

    /// <summary>The line's name is <paramref name="wanted"/>, or one of the words left is an alias that is.</summary>
    public static bool Names(ReadOnlySpan<byte> name, ReadOnlySpan<byte> aliases, ReadOnlySpan<byte> wanted)
    {
        if (name.SequenceEqual(wanted))
        {
            return true;
        }

        for (ReadOnlySpan<byte> alias = Word(ref aliases); !alias.IsEmpty; alias = Word(ref aliases))
        {
            if (alias.SequenceEqual(wanted))
            {
                return true;
            }
        }

        return false;
    }
}
