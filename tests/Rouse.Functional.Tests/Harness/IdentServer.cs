using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Rouse.Harness;

/// <summary>An identification server (RFC 1413) in a daemon's own network, which says what a test wants it to say.</summary>
internal sealed class IdentServer : IDisposable
{
    private readonly Socket _listener;
    private readonly List<Socket> _held = [];
    private volatile Func<string, string?> _reply = ports => $"{ports}:USERID:UNIX:joe\r\n";

    public IdentServer(int daemonPid)
    {
        _listener = NetworkNamespace.Within(daemonPid, () =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, 113));
            socket.Listen(256);
            return socket;
        });
        new Thread(Serve) { IsBackground = true }.Start();
    }

    /// <summary>From «port,port» to what is sent; null keeps silent. After an answer the connection is closed.</summary>
    public Func<string, string?> Reply
    {
        set => _reply = value;
    }

    public int Held
    {
        get
        {
            lock (_held)
            {
                return _held.Count;
            }
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        lock (_held)
        {
            _held.ForEach(socket => socket.Dispose());
        }
    }

    private void Serve()
    {
        try
        {
            while (true)
            {
                Answer(_listener.Accept());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed with the test.
        }
    }

    private void Answer(Socket socket)
    {
        byte[] buffer = new byte[64];
        socket.ReceiveTimeout = (int)Wait.Bound.TotalMilliseconds;
        try
        {
            string question = Encoding.Latin1.GetString(buffer, 0, socket.Receive(buffer));
            string? reply = _reply(question.TrimEnd('\r', '\n'));
            if (reply is null)
            {
                lock (_held)
                {
                    _held.Add(socket);
                }

                return;
            }

            socket.Send(Encoding.Latin1.GetBytes(reply));
        }
        catch (SocketException)
        {
            // The daemon has gone, or has read enough: the next question is another one's.
        }

        socket.Dispose();
    }
}
