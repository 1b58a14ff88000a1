using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
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
    private readonly bool _isStream;
    private Socket _socket;

    /// <param name="scratch">Where the other /dev is.</param>
    /// <param name="reads">False: what is sent stays in the socket's queue until <see cref="Read"/>.</param>
    /// <param name="isStream">It takes connections instead of datagrams.</param>
    public SyslogListener(Scratch scratch, bool reads = true, bool isStream = false)
    {
        _isStream = isStream;
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
        new Thread(() => Take(socket)) { IsBackground = true }.Start();
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
        var socket = new Socket(AddressFamily.Unix, _isStream ? SocketType.Stream : SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_path));
        if (_isStream)
        {
            socket.Listen(16);
        }

        return socket;
    }

    private void Take(Socket socket)
    {
        if (!_isStream)
        {
            Collect(socket);
            return;
        }

        try
        {
            while (true)
            {
                Socket connection = socket.Accept();
                new Thread(() => Collect(connection)) { IsBackground = true }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed with the test, or the log daemon has gone.
        }
    }

    private void Collect(Socket socket)
    {
        byte[] buffer = new byte[1 << 16];
        string rest = "";
        try
        {
            while (true)
            {
                int count = socket.Receive(buffer);
                if (count == 0)
                {
                    return;
                }

                string[] lines = (rest + Encoding.Latin1.GetString(buffer, 0, count)).Split('\0');
                rest = _isStream ? lines[^1] : "";
                lock (_gate)
                {
                    _lines.AddRange((_isStream ? lines[..^1] : lines[..1]).Select(line => line.TrimEnd('\n')));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed with the test, or the log daemon has gone.
        }
    }
}
