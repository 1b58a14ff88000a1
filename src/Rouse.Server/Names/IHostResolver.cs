using System;
using Rouse.Access;

namespace Rouse.Server.Names;

/// <summary>Finds out the names of addresses. Its calls may wait for a name server, so that they are made on threads of their own.</summary>
public interface IHostResolver
{
    /// <summary>
    /// The name of an address (16 bytes, IPv4 in its v4-mapped form), one char a byte: known only if it leads back to the address. Never
    /// <see cref="PeerNameState.NotAsked"/>.
    /// </summary>
    PeerName NameOf(UInt128 address);
}
