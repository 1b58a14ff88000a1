using System;

namespace Rouse.Server.Identity;

/// <summary>Something that cannot go on before its peer's user is known, or known not to be named.</summary>
internal interface IIdentityAwaiter
{
    /// <summary>Called once, never from within <see cref="Identifier.Ask"/>.</summary>
    /// <param name="identity">The server's words from the operating system on, any bytes of its choice; empty unless known.</param>
    void IdentityIsKnown(IdentOutcome outcome, ReadOnlySpan<byte> identity);
}
