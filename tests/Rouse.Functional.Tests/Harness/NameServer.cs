using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Rouse.Harness;

/// <summary>
/// A name server (RFC 1035) in a daemon's own network that knows only reverse names, or answers nothing at all. The daemon finds it by
/// <see cref="ResolverFile"/>.
/// </summary>
internal sealed class NameServer : IDisposable
{
    private const string Address = "127.0.0.53";
    private const byte TypePtr = 12;

    private readonly Socket _socket;
    private readonly ConcurrentDictionary<string, string> _names = new();
    private readonly bool _silent;

    public NameServer(int daemonPid, bool silent = false)
    {
        _silent = silent;
        _socket = NetworkNamespace.Within(daemonPid, () =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(Address), 53));
            return socket;
        });
        new Thread(Serve) { IsBackground = true }.Start();
    }

    public static string ResolverFile(int timeoutSeconds) => $"nameserver {Address}\noptions timeout:{timeoutSeconds} attempts:1\n";

    public NameServer Claims(string address, string name)
    {
        _names[string.Join('.', address.Split('.').Reverse()) + ".in-addr.arpa"] = name;
        return this;
    }

    public void Dispose() => _socket.Dispose();

    private void Serve()
    {
        byte[] buffer = new byte[1500];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        try
        {
            while (true)
            {
                int length = _socket.ReceiveFrom(buffer, ref from);
                if (!_silent)
                {
                    _socket.SendTo(Answer(buffer.AsSpan(0, length)), from);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed with the test.
        }
    }

    // The question repeated, with one PTR record or the code for "no such name".
    private byte[] Answer(ReadOnlySpan<byte> query)
    {
        var asked = new StringBuilder();
        int at = 12;
        for (; query[at] != 0; at += query[at] + 1)
        {
            asked.Append(asked.Length > 0 ? "." : "").Append(Encoding.ASCII.GetString(query.Slice(at + 1, query[at])));
        }

        byte[] question = query[12..(at + 5)].ToArray();
        bool known = _names.TryGetValue(asked.ToString().ToLowerInvariant(), out string? name) && query[at + 2] == TypePtr;
        byte[] head = [query[0], query[1], 0x81, (byte)(known ? 0x80 : 0x83), 0, 1, 0, (byte)(known ? 1 : 0), 0, 0, 0, 0];
        if (!known)
        {
            return [.. head, .. question];
        }

        byte[] labels = [.. name!.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];
        return [.. head, .. question, 0xc0, 12, 0, TypePtr, 0, 1, 0, 0, 0, 60, 0, (byte)labels.Length, .. labels];
    }
}
