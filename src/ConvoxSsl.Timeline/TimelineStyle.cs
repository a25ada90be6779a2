namespace ConvoxSsl.Timeline;

/// <summary>The style sheet of a timeline's page.</summary>
internal static class TimelineStyle
{
    /// <summary>The style sheet. Words and shapes show the state too, so colour is never needed.</summary>
    public const string Text = """
        :root {
          color-scheme: light dark;
          --text: #1c2024; --quiet: #5a6470; --back: #ffffff; --line: #dde2e8;
          --good: #1f7a3d; --warning: #8a5a00; --error: #b42318; --now: #2457c5;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --text: #e6e9ed; --quiet: #9aa5b1; --back: #14181d; --line: #2d343c;
            --good: #57c27b; --warning: #e0a83c; --error: #ff7a6b; --now: #7aa7ff;
          }
        }
        body {
          margin: 0; background: var(--back); color: var(--text);
          font: 15px/1.45 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
        }
        main { max-width: 90rem; margin: 0 auto; padding: 1.5rem; }
        .scroll { overflow-x: auto; }
        h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
        p { margin: .25rem 0 .75rem; color: var(--quiet); }
        b.good, tr.good { --state: var(--good); }
        b.warning, tr.warning { --state: var(--warning); }
        b.error, tr.error { --state: var(--error); }
        b { color: var(--state); font-weight: 600; }
        .legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; --state: var(--quiet); }
        .legend svg { vertical-align: -1px; overflow: visible; }
        .definitions { position: absolute; }
        table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
        caption { text-align: left; color: var(--quiet); padding-bottom: .5rem; }
        th, td { text-align: left; padding: 0 .75rem 0 0; border-bottom: 1px solid var(--line); white-space: nowrap; font-weight: 400; }
        thead th { font-weight: 600; vertical-align: bottom; padding-bottom: .25rem; }
        tbody th { max-width: 20rem; white-space: normal; overflow-wrap: anywhere; min-width: 11rem; padding-block: .25rem; }
        .others, time { color: var(--quiet); }
        th.chart, td.chart { position: relative; width: 55%; min-width: 16rem; padding: 0; }
        td.chart + td, th.chart + th { padding-left: 1.25rem; }
        .axis { position: relative; height: 1.45em; font-weight: 400; color: var(--quiet); }
        .axis span { position: absolute; border-left: 1px solid var(--line); padding-left: .25rem; }
        .spoken { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
        .bar { position: absolute; inset: 0; width: 100%; height: calc(100% + 1px); overflow: visible; }
        .valid { fill: var(--state); }
        .window { fill: url(#window); stroke: var(--state); }
        .revoked { fill: none; stroke: var(--state); stroke-width: 2; stroke-dasharray: 5 3; }
        .stripe { fill: var(--quiet); }
        .renew { fill: var(--back); stroke: var(--state); stroke-width: 2; }
        .end { fill: none; stroke: var(--state); stroke-width: 2.5; }
        .beyond { fill: var(--state); }
        .grid { stroke: var(--line); }
        rect.now { fill: var(--now); }
        line.now { stroke: var(--now); stroke-width: 2; }
        text { fill: var(--quiet); font-size: 12px; }
        @media print { main { max-width: none; } }
        """;
}
