using Rouse.Access;
using Rouse.Linux;
using Rouse.Server.Names;

namespace Rouse.Server.Listening;

/// <summary>A datagram that was taken from its socket and waits for its sender's name.</summary>
internal sealed class HeldDatagram(DatagramListener listener, SocketAddress peer, byte[] payload) : INameAwaiter
{
    public SocketAddress Peer => peer;

    public byte[] Payload => payload;

    public void NameIsKnown(in PeerName name) => listener.Resume(this, name);
}
