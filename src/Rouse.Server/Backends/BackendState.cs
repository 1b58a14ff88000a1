namespace Rouse.Server.Backends;

/// <summary>
/// What the server of an on-demand-resident service does at the moment.
/// <code>
/// Asleep ── somebody comes ──► Starting ── it listens ──► Ready ── nobody for idle_timeout ──► Stopping ── it has ended ──► Asleep
///    ▲                            │                         │                                      └── somebody waits ──► Starting
///    └──── refused for a while ◄──┴── ended, or too late    └── it has ended by itself ──► Asleep
/// </code>
/// </summary>
internal enum BackendState
{
    Asleep,
    Starting,
    Ready,
    Stopping,
}
