namespace Rouse.Server.Listening;

/// <summary>
/// What a service's sockets do at the moment.
/// <code>
/// Closed ──Open──► Listening ◄──────────── server ended ─┐
///    ▲                │  │  └── wait server started ──► Suspended
///    │                │  └── cps tripped ──► OutOfService ── seconds over ──► Listening
///    └──── Close ─────┘
/// Open that cannot bind ──► WaitingForAddress ── tried again every few seconds ──► Listening
/// </code>
/// </summary>
internal enum ServiceState
{
    Closed,
    Listening,
    Suspended,
    OutOfService,
    WaitingForAddress,
}
