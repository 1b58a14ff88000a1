using System;
using System.Text;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Listening;
using Rouse.Server.Loop;

namespace Rouse.Server.BuiltIn;

/// <summary>
/// The port multiplexer (RFC 1078): reads the one line that names a service and passes the connection on to it, as if the peer had come to
/// that service itself: its rules, limits, user and logs hold (CVE-2013-4342). Only what belongs to the line is taken from the connection.
/// A line has at most 1,024 bytes and 30 seconds, and may come in pieces. Differs from xinetd: D-044, D-045.
/// </summary>
internal sealed class TcpmuxSession : StreamSession
{
    /// <summary>Bytes of a line with its CR LF.</summary>
    public const int LongestLine = 1024;

    public const long PatienceMs = 30_000;

    private readonly TcpmuxHandler _pool;
    private readonly LoopTimer _patience;
    private long _deadlineMs;
    private byte[]? _pieces;
    private int _length;

    public TcpmuxSession(TcpmuxHandler pool)
    {
        _pool = pool;
        _patience = new LoopTimer(LosePatience);
    }

    public override void OnReady(PollEvents events)
    {
        Span<byte> seen = _pool.Buffer[..(LongestLine - _length)];
        SysResult peeked = Keeper.System.Peek(Connection, seen);
        if (!peeked.Ok && peeked.Error is Errno.EAGAIN or Errno.EINTR)
        {
            return;
        }

        if (!peeked.Ok || peeked.Value == 0)
        {
            End();
            return;
        }

        int lineFeed = seen[..peeked.Value].IndexOf((byte)'\n');
        int taken = lineFeed < 0 ? peeked.Value : lineFeed + 1;
        Keeper.System.Receive(Connection, seen[..taken]);
        if (lineFeed >= 0)
        {
            Answer(Whole(seen[..taken]));
        }
        else if (_length + taken == LongestLine)
        {
            End();
        }
        else
        {
            _pieces ??= new byte[LongestLine];
            seen[..taken].CopyTo(_pieces.AsSpan(_length));
            _length += taken;
        }
    }

    protected override void Start()
    {
        _length = 0;
        _deadlineMs = Keeper.Loop.NowMs + PatienceMs;

        // A timer that is still set from an earlier connection finds out by itself that there is more time.
        if (!_patience.IsSet)
        {
            Keeper.Loop.Set(_patience, PatienceMs);
        }

        WatchFor(PollEvents.In);
    }

    protected override void Recycle() => _pool.Return(this);

    private void LosePatience()
    {
        if (!Connection.IsOpen)
        {
            return;
        }

        long leftMs = _deadlineMs - Keeper.Loop.NowMs;
        if (leftMs > 0)
        {
            Keeper.Loop.Set(_patience, leftMs);
        }
        else
        {
            End();
        }
    }

    private ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> last)
    {
        if (_length == 0)
        {
            return last;
        }

        last.CopyTo(_pieces.AsSpan(_length));
        return _pieces.AsSpan(0, _length + last.Length);
    }

    private void Answer(ReadOnlySpan<byte> line)
    {
        if (line.Length <= 2 || line[^2] != (byte)'\r')
        {
            // No line of this protocol: closed without a word, as in the original.
            End();
            return;
        }

        ReadOnlySpan<byte> name = line[..^2];
        if (Ascii.EqualsIgnoreCase(name, "help"u8))
        {
            EndWith(_pool.Names());
        }
        else if (_pool.Find(name) is not { } found)
        {
            EndWith("-Service name not found\r\n"u8);
        }
        else if (found.State != ServiceState.Listening)
        {
            EndWith("-Service not available\r\n"u8);
        }
        else
        {
            PassOn(found);
        }
    }

    private void EndWith(ReadOnlySpan<byte> answer)
    {
        Keeper.System.SendLast(Connection, answer);

        // Closing with unread bytes would reset the connection, and the peer could lose the answer.
        Keeper.System.Drain(Connection);
        End();
    }

    private void PassOn(Service found)
    {
        if ((found.Definition.Types & ServiceTypes.TcpmuxPlus) != ServiceTypes.None)
        {
            Keeper.System.Send(Connection, "+Go\r\n"u8);
        }

        if (found.SpawnsServers)
        {
            // Servers expect a socket as accept(2) makes it.
            Keeper.System.SetBlocking(Connection, true);
        }

        Keeper keeper = Keeper;
        SocketAddress peer = Peer;
        keeper.Reception.Admit(found, GiveUp(), peer);
    }
}
