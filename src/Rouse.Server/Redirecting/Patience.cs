using Rouse.Server.Loop;

namespace Rouse.Server.Redirecting;

/// <summary>
/// Redirected connections that may stay as they are for a while only: those whose target has not answered yet, and those whose target has
/// ended. One timer looks at all of them once a second, as long as there are any.
/// </summary>
internal sealed class Patience
{
    private const long CheckMs = 1000;

    private readonly EventLoop _loop;
    private readonly LoopTimer _check;
    private RedirectSession? _first;

    public Patience(EventLoop loop)
    {
        _loop = loop;
        _check = new LoopTimer(Check);
    }

    /// <summary>The session ends unless this is called again, or <see cref="Stop"/>, within the time.</summary>
    public void Start(RedirectSession session, long ms)
    {
        session.EndsAtMs = _loop.NowMs + ms;
        if (session.IsOnProbation)
        {
            return;
        }

        session.IsOnProbation = true;
        session.Next = _first;
        session.Previous = null;
        if (_first is not null)
        {
            _first.Previous = session;
        }

        _first = session;
        if (!_check.IsSet)
        {
            _loop.Set(_check, CheckMs);
        }
    }

    public void Stop(RedirectSession session)
    {
        if (!session.IsOnProbation)
        {
            return;
        }

        session.IsOnProbation = false;
        if (session.Previous is null)
        {
            _first = session.Next;
        }
        else
        {
            session.Previous.Next = session.Next;
        }

        if (session.Next is not null)
        {
            session.Next.Previous = session.Previous;
        }

        session.Next = null;
        session.Previous = null;
    }

    private void Check()
    {
        RedirectSession? next;
        for (RedirectSession? at = _first; at is not null; at = next)
        {
            next = at.Next;
            if (at.EndsAtMs <= _loop.NowMs)
            {
                at.RunOutOfPatience();
            }
        }

        if (_first is not null)
        {
            _loop.Set(_check, CheckMs);
        }
    }
}
