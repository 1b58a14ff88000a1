using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rouse.Harness;

/// <summary>A client of datagram services.</summary>
internal sealed class DatagramPeer : IDisposable
{
    private readonly Socket _socket;

    public DatagramPeer(int port, string to = "127.0.0.1", string? from = null, int fromPort = 0)
    {
        IPAddress address = IPAddress.Parse(to);
        _socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        if (from is not null)
        {
            _socket.Bind(new IPEndPoint(IPAddress.Parse(from), fromPort));
        }

        _socket.Connect(address, port);
    }

    public int LocalPort => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public void Send(string text) => _socket.Send(Encoding.Latin1.GetBytes(text));

    /// <summary>The next datagram's text; `(silent)` when none comes in time, `(refused)` when the port is closed.</summary>
    public string Receive(TimeSpan? within = null)
    {
        byte[] buffer = new byte[1 << 16];
        _socket.ReceiveTimeout = (int)(within ?? Wait.Bound).TotalMilliseconds;
        try
        {
            return Encoding.Latin1.GetString(buffer, 0, _socket.Receive(buffer));
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused ? "(refused)" : "(silent)";
        }
    }

    public string Ask(string text, TimeSpan? within = null)
    {
        Send(text);
        return Receive(within);
    }

    /// <summary>Sends many at once and counts the answers.</summary>
    public IReadOnlyList<string> AskMany(IReadOnlyList<string> texts, TimeSpan within)
    {
        foreach (string text in texts)
        {
            Send(text);
        }

        var answers = new List<string>();
        for (string answer = Receive(within); answer != "(silent)" && answers.Count < texts.Count; answer = Receive(within))
        {
            answers.Add(answer);
            if (answers.Count == texts.Count)
            {
                break;
            }
        }

        return answers;
    }

    public void Dispose() => _socket.Dispose();
}
