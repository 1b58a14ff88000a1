using System;
using Rouse.Linux;

namespace Rouse.Server.Logging;

/// <summary>Whole lines on their way to a file, many with one call: a reload says something of each of a thousand services.</summary>
internal sealed class GatheredLines(ISystem system)
{
    private readonly byte[] _bytes = new byte[8192];
    private int _length;

    /// <summary>False where there is no room; then they are to be written first.</summary>
    public bool Add(ReadOnlySpan<byte> line)
    {
        if (line.Length > _bytes.Length - _length)
        {
            return false;
        }

        line.CopyTo(_bytes.AsSpan(_length));
        _length += line.Length;
        return true;
    }

    /// <summary>Writes and forgets them: how many the file did not take, the one that it took a part of included.</summary>
    /// <param name="isTorn">The file ends within a line now.</param>
    public int Write(Fd to, out bool isTorn)
    {
        int done = 0;
        while (done < _length)
        {
            SysResult written = system.Write(to, _bytes.AsSpan(done.._length));
            if (!written.Ok || written.Value == 0)
            {
                break;
            }

            done += written.Value;
        }

        isTorn = done > 0 && _bytes[done - 1] != (byte)'\n';
        int lost = _bytes.AsSpan(done.._length).Count((byte)'\n');
        _length = 0;
        return lost;
    }
}
