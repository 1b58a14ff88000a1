using System;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rouse.Harness;

/// <summary>
/// A client's connection. What the other side does to it is told in words: bytes as text, `(refused)`, `(reset)`,
/// `(closed)` when the end came without a byte, `(silent)` when nothing came in time.
/// </summary>
internal sealed class Peer : IDisposable
{
    private readonly Socket _socket;

    private Peer(Socket socket) => _socket = socket;

    public int LocalPort => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public static Peer Connect(int port, string to = "127.0.0.1", string? from = null)
    {
        IPAddress address = IPAddress.Parse(to);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)Wait.Bound.TotalMilliseconds };
        try
        {
            if (from is not null)
            {
                socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            }

            socket.Connect(address, port);
            return new Peer(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects, sends, tells that no more will come when asked to, and returns all that came back until the end.</summary>
    public static string Ask(int port, string send = "", bool halfClose = false, string to = "127.0.0.1", string? from = null)
    {
        try
        {
            using Peer peer = Connect(port, to, from);
            peer.Send(send);
            if (halfClose)
            {
                peer.HalfClose();
            }

            return peer.ReadToEnd();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return "(refused)";
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            return "(reset)";
        }
    }

    /// <summary>Whether somebody accepts connections there at all.</summary>
    public static bool CanConnect(int port, string to = "127.0.0.1")
    {
        try
        {
            Connect(port, to).Dispose();
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
    }

    public void Send(string text)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        for (int done = 0; done < bytes.Length;)
        {
            done += _socket.Send(bytes.AsSpan(done));
        }
    }

    /// <summary>Sends what fits into the socket now, and no more.</summary>
    public void SendWithoutWaiting(string text)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        _socket.Blocking = false;
        try
        {
            for (int done = 0; done < bytes.Length;)
            {
                done += _socket.Send(bytes.AsSpan(done));
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
        {
            // Full: the other side has stopped reading too.
        }

        _socket.Blocking = true;
    }

    public void HalfClose() => _socket.Shutdown(SocketShutdown.Send);

    public string ReadToEnd()
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[1 << 16];
        try
        {
            int count;
            while ((count = _socket.Receive(buffer)) > 0)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return text.Append("(reset)").ToString();
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            return text.Append("(silent)").ToString();
        }

        return text.Length == 0 ? "(closed)" : text.ToString();
    }

    /// <summary>Exactly this many characters, or fewer when the end or the bound comes first.</summary>
    public string Read(int count)
    {
        byte[] buffer = new byte[count];
        int done = 0;
        try
        {
            for (int got; done < count && (got = _socket.Receive(buffer.AsSpan(done))) > 0; done += got)
            {
            }
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.TimedOut or SocketError.WouldBlock)
        {
            return Encoding.Latin1.GetString(buffer, 0, done) + (e.SocketErrorCode == SocketError.ConnectionReset ? "(reset)" : "(silent)");
        }

        return Encoding.Latin1.GetString(buffer, 0, done);
    }

    public string ReadLine()
    {
        var text = new StringBuilder();
        for (string one = Read(1); one.Length == 1; one = Read(1))
        {
            if (one == "\n")
            {
                return text.ToString();
            }

            text.Append(one);
        }

        return text.Length == 0 ? "(closed)" : text.ToString();
    }

    public bool IsOpen(TimeSpan within)
    {
        if (!_socket.Poll(within, SelectMode.SelectRead))
        {
            return true;
        }

        try
        {
            return _socket.Receive(new byte[1], SocketFlags.Peek) > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public void Dispose() => _socket.Dispose();
}
