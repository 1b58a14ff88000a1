using Rouse.Linux;
using Rouse.Server.Logging;
using Rouse.Server.Loop;

namespace Rouse.Server.Listening;

/// <summary>
/// What happens when no descriptor or memory is left for a connection: waiting peers are turned away at once instead of hanging in the
/// queue, which needs one descriptor kept in reserve. Where even that fails the listener rests for a moment. All recovers by itself.
/// </summary>
internal sealed class Shedder
{
    private const int ShedAtOnce = 64;
    private const long RestMs = 100;

    private readonly EventLoop _loop;
    private readonly BurstNotice _notice;
    private Fd _reserve;

    public Shedder(EventLoop loop, DaemonLog log)
    {
        _loop = loop;
        _notice = new BurstNotice(log);
        _reserve = TakeReserve();
    }

    /// <summary>For a socket that is a server's too, which must not be emptied without waiting: its peers wait.</summary>
    public void Rest(Listener listener, Errno why)
    {
        Tell(why, "wait");
        Rest(listener);
    }

    public void Shed(Listener listener, Errno why)
    {
        Tell(why, "are turned away");
        bool shed = false;
        if (_reserve.IsOpen)
        {
            _loop.System.Close(_reserve);
            _reserve = Fd.None;
            for (int i = 0; i < ShedAtOnce; i++)
            {
                SysResult accepted = _loop.System.Accept(listener.Socket, nonBlocking: true, out _);
                if (!accepted.Ok)
                {
                    break;
                }

                _loop.System.Close(accepted.Fd);
                shed = true;
            }
        }

        if (!_reserve.IsOpen)
        {
            _reserve = TakeReserve();
        }

        if (!shed)
        {
            Rest(listener);
        }
    }

    private void Tell(Errno why, string what) =>
        _notice.Report(_loop.NowMs, $"accept failed ({why.Describe()} (errno = {(int)why})): connections {what} until it is over");

    private void Rest(Listener listener)
    {
        listener.Unwatch();
        listener.Rests = true;
        _loop.Set(
            new LoopTimer(() =>
            {
                listener.Rests = false;
                if (!listener.IsWatched && listener.MayWatch)
                {
                    listener.Watch();
                }
            }),
            RestMs);
    }

    private Fd TakeReserve()
    {
        SysResult opened = _loop.System.OpenReserve();
        return opened.Ok ? opened.Fd : Fd.None;
    }
}
