using Rouse.Linux;
using Rouse.Server.Listening;

namespace Rouse.Server.Launch;

/// <summary>
/// What is done with a connection that the gate let in. It owns the descriptor from here on, and needs nothing but it, the peer and the
/// service.
/// </summary>
internal abstract class ConnectionHandler
{
    public abstract void Serve(Service service, Fd connection, in SocketAddress peer);
}
