using Rouse.Access;

namespace Rouse.Server.Names;

/// <summary>Something that cannot go on before the name of an address is known, or known not to be found out.</summary>
internal interface INameAwaiter
{
    /// <summary>Called once, on the loop's thread, never from within the asking.</summary>
    void NameIsKnown(in PeerName name);
}
