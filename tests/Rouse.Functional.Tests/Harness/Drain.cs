using System;
using System.IO;
using System.Threading;

namespace Rouse.Harness;

/// <summary>Reads a stream to its end on a thread of its own; what has come so far can be taken at any time.</summary>
internal sealed class Drain
{
    private readonly Lock _gate = new();
    private readonly MemoryStream _bytes = new();
    private readonly Thread _thread;

    public Drain(Stream from)
    {
        _thread = new Thread(() => Copy(from)) { IsBackground = true };
        _thread.Start();
    }

    public byte[] Take(TimeSpan within)
    {
        _thread.Join(within);
        lock (_gate)
        {
            return _bytes.ToArray();
        }
    }

    private void Copy(Stream from)
    {
        byte[] buffer = new byte[1 << 16];
        try
        {
            int count;
            while ((count = from.Read(buffer)) > 0)
            {
                lock (_gate)
                {
                    _bytes.Write(buffer.AsSpan(0, count));
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The process went away with its pipe.
        }
    }
}
