using Rouse.Access;
using Rouse.Linux;
using Rouse.Server.Names;
using Rouse.Server.Wrappers;

namespace Rouse.Server.Listening;

/// <summary>A datagram that was taken from its socket and waits for its sender's name, or for the accounts of its rule.</summary>
internal sealed class HeldDatagram(DatagramListener listener, SocketAddress peer, byte[] payload) : INameAwaiter, IAccountAwaiter
{
    public SocketAddress Peer => peer;

    public byte[] Payload => payload;

    public void AccountsAreKnown() => listener.Resume(this);

    public void NameIsKnown(in PeerName name) => listener.Resume(this, name);
}
