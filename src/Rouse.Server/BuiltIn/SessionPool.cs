using System.Collections.Generic;
using Rouse.Linux;
using Rouse.Server.Launch;
using Rouse.Server.Listening;

namespace Rouse.Server.BuiltIn;

/// <summary>Sessions of one kind that are over and wait to be used again: a steady load allocates nothing.</summary>
internal abstract class SessionPool<TSession> : ConnectionHandler
    where TSession : StreamSession
{
    // A burst's sessions are not kept for ever.
    private const int MostKept = 1024;

    private readonly Stack<TSession> _free = new();

    public override void Serve(Service service, Fd connection, in SocketAddress peer)
    {
        if (!_free.TryPop(out TSession? session))
        {
            session = Make();
        }

        session.Begin(service, connection, peer);
    }

    public void Return(TSession session)
    {
        if (_free.Count < MostKept)
        {
            _free.Push(session);
        }
    }

    protected abstract TSession Make();
}
