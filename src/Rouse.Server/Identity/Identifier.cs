using System.Collections.Generic;
using Rouse.Linux;
using Rouse.Server.Loop;

namespace Rouse.Server.Identity;

/// <summary>
/// Asks the hosts of peers for the users behind connections (RFC 1413), in the loop and without waiting. At most so many at the same time
/// (-logprocs); the others stand in line. Servers that keep silent give up their place after a second, so that the line always moves.
/// </summary>
internal sealed class Identifier(EventLoop loop, int most)
{
    private const int MostKept = 64;

    private readonly List<IdentSession> _line = [];
    private readonly Stack<IdentSession> _free = new();
    private int _places;

    /// <summary>Questions that count against -logprocs now.</summary>
    public int Asking => _places;

    public int InLine => _line.Count;

    /// <param name="peer">The connection's other end.</param>
    /// <param name="local">The connection's own end: the question comes from its address and names its port.</param>
    /// <param name="awaiter">Who is told.</param>
    /// <param name="limitMs">How long to wait, the time in line included.</param>
    public IdentSession Ask(in SocketAddress peer, in SocketAddress local, IIdentityAwaiter awaiter, int limitMs = IdentSession.LimitMs)
    {
        if (!_free.TryPop(out IdentSession? session))
        {
            session = new IdentSession(this, loop);
        }

        session.Begin(peer, local, awaiter, limitMs);
        _line.Add(session);
        Advance();
        return session;
    }

    public void Withdraw(IdentSession session)
    {
        session.Drop();
        Finished(session);
    }

    public void Finished(IdentSession session)
    {
        GiveUpPlace(session);
        _line.Remove(session);
        if (_free.Count < MostKept)
        {
            _free.Push(session);
        }
    }

    public void GiveUpPlace(IdentSession session)
    {
        if (session.HoldsPlace)
        {
            session.HoldsPlace = false;
            _places--;
            Advance();
        }
    }

    private void Advance()
    {
        while (_places < most && _line.Count > 0)
        {
            IdentSession next = _line[0];
            _line.RemoveAt(0);
            _places++;
            next.HoldsPlace = true;
            next.Connect();
        }
    }
}
