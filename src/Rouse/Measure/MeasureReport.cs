using System.Collections.Generic;

namespace Rouse.Tools.Measure;

/// <summary>All that a measurement has to say.</summary>
/// <param name="Rate">Connections a second that the advice is for.</param>
/// <param name="RateIsLive">A running daemon sees that rate; otherwise it was taken.</param>
internal sealed record MeasureReport(
    string Server, CostModel Model, IReadOnlyList<string> LeftOut, IReadOnlyList<string> Notes, double Rate, bool RateIsLive, Advice Advice);
