using System;

namespace Rouse.Server.Names;

/// <summary>Finds out the names of addresses. Its calls may wait for a name server, so that they are made on threads of their own.</summary>
public interface IHostResolver
{
    /// <summary>
    /// The name of an address (16 bytes, IPv4 in its v4-mapped form), one char a byte; null where it has none, where its name does not lead
    /// back to it, or where that cannot be found out.
    /// </summary>
    string? NameOf(UInt128 address);
}
