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
    private readonly List<string> _lines = [];
    private readonly Lock _gate = new();
    private readonly string _path;
    private Socket _socket;

    /// <param name="scratch">Where the other /dev is.</param>
    /// <param name="reads">False: what is sent stays in the socket's queue until <see cref="Read"/>.</param>
    public SyslogListener(Scratch scratch, bool reads = true)
    {
        string folder = scratch.NewFolder("dev");
        File.WriteAllText(Path.Combine(folder, "null"), "");
        _path = Path.Combine(folder, "log");
        _socket = Bind();
        Wrapper =
        [
            "unshare", "-m", "--propagation", "private", "sh", "-c",
            $"mount --bind /dev/null {folder}/null && mount --bind {folder} /dev && exec \"$@\"", "sh",
        ];
        if (reads)
        {
            Read();
        }
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

    public void Read()
    {
        Socket socket = _socket;
        new Thread(() => Collect(socket)) { IsBackground = true }.Start();
    }

    /// <summary>The log daemon ends and takes its socket along.</summary>
    public void GoAway()
    {
        _socket.Dispose();
        File.Delete(_path);
    }

    /// <summary>Another log daemon has started.</summary>
    public void ComeBack()
    {
        _socket = Bind();
        Read();
    }

    public void Dispose() => _socket.Dispose();

    private Socket Bind()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_path));
        return socket;
    }

    private void Collect(Socket socket)
    {
        byte[] buffer = new byte[1 << 16];
        try
        {
            while (true)
            {
                int count = socket.Receive(buffer);
                lock (_gate)
                {
                    _lines.Add(Encoding.Latin1.GetString(buffer, 0, count).TrimEnd('\0', '\n'));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed with the test, or the log daemon has gone.
        }
    }
}
