using System;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Rouse.Parity.Tests.Wrappers;

/// <summary>A log daemon's socket for the programs of a <see cref="WrapperWorld"/>: what they send to /dev/log.</summary>
internal sealed class SyslogCatcher : IDisposable
{
    // What this object sends to itself, to know that everything before it has been read.
    private const string Mark = "== mark";

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly UnixDomainSocketEndPoint _place;
    private readonly StringBuilder _messages = new();
    private readonly AutoResetEvent _marked = new(initialState: false);
    private readonly Thread _reader;

    public SyslogCatcher(WrapperWorld world)
    {
        _place = new UnixDomainSocketEndPoint(world.LogPath);
        _socket.Bind(_place);
        _reader = new Thread(Read) { IsBackground = true };
        _reader.Start();
    }

    /// <summary>Every message that has come, one a line. The programs have ended, so there will be no more.</summary>
    public string Take()
    {
        SendMark();
        Assert.True(_marked.WaitOne(TimeSpan.FromSeconds(30)), "the reader of the log does not read");
        return _messages.ToString();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _marked.Dispose();
    }

    private void SendMark()
    {
        using Socket sender = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        sender.SendTo(Encoding.Latin1.GetBytes(Mark), _place);
    }

    // The kernel keeps only a few messages, and a program that logs waits for room: somebody has to read all the time.
    private void Read()
    {
        byte[] buffer = new byte[65536];
        while (true)
        {
            try
            {
                string message = Encoding.Latin1.GetString(buffer, 0, _socket.Receive(buffer));
                if (message == Mark)
                {
                    _marked.Set();
                }
                else
                {
                    _messages.Append(message).Append('\n');
                }
            }
            catch (Exception end) when (end is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
