using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Rouse.Harness;

/// <summary>
/// A /dev/log of the test's own. The daemon sees it through <see cref="Wrapper"/>, which gives it a mount namespace with
/// another /dev; the machine's own is not touched.
/// </summary>
internal sealed class SyslogListener : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly List<string> _lines = [];
    private readonly Lock _gate = new();

    public SyslogListener(Scratch scratch)
    {
        string folder = scratch.NewFolder("dev");
        File.WriteAllText(Path.Combine(folder, "null"), "");
        _socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, "log")));
        Wrapper =
        [
            "unshare", "-m", "--propagation", "private", "sh", "-c",
            $"mount --bind /dev/null {folder}/null && mount --bind {folder} /dev && exec \"$@\"", "sh",
        ];
        new Thread(Collect) { IsBackground = true }.Start();
    }

    public IReadOnlyList<string> Wrapper { get; }

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Collect()
    {
        byte[] buffer = new byte[1 << 16];
        try
        {
            while (true)
            {
                int count = _socket.Receive(buffer);
                lock (_gate)
                {
                    _lines.Add(Encoding.Latin1.GetString(buffer, 0, count).TrimEnd('\0', '\n'));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed with the test.
        }
    }
}
