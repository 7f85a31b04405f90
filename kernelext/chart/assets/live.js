;(function (e) {
  // Makes a picture of mlsysim live: lays its data over it with ECharts, which
  // shows them only under the pointer.
  function box(x, y, w, h, api) {
    return {type: "rect", shape: {x: x, y: y, width: w, height: h}, style: {fill: "transparent"},
      emphasis: {style: {fill: "transparent", stroke: "#888", lineWidth: 2}}};
  }
  var draw = {
    bar: function (p, api) {
      var a = api.coord([api.value(0), api.value(2)]), b = api.coord([api.value(1), api.value(2)]);
      var h = Math.abs(api.size([0, 1])[1]) * 0.7;
      return box(Math.min(a[0], b[0]), a[1] - h / 2, Math.max(Math.abs(b[0] - a[0]), 4), h);
    },
    cell: function (p, api) {
      var c = api.coord([api.value(0), api.value(1)]), s = api.size([1, 1]);
      return box(c[0] - s[0] / 2, c[1] - s[1] / 2, s[0], s[1]);
    }
  };
  function number(v, unit, names) {
    if (names && names[v] !== undefined) return names[v];
    var text = Math.abs(v) >= 1e4 ? Number(v.toPrecision(5)).toLocaleString("en") : String(Number(v.toPrecision(4)));
    return unit ? text + " " + unit : text;
  }
  var esc = e.format.encodeHTML;
  function says(o) {
    var u = o.units, n = o.names || [];
    function one(p) {
      var v = p.value, d = o.series[p.seriesIndex].draw, lines = [o.series[p.seriesIndex].name, p.name];
      if (d === "bar") lines.push(number(v[2], "", n[1]), number(v[0], u[0]) + " to " + number(v[1], u[0]));
      else if (d === "cell") lines.push(number(v[0], u[0], n[0]) + ", " + number(v[1], u[1], n[1]), v[2] ? number(v[2], u[2]) : "");
      else lines.push(number(v[0], u[0], n[0]) + ", " + number(v[1], u[1], n[1]));
      return lines.filter(Boolean).map(esc).join("<br/>");
    }
    return function (p) {
      if (!p.length) return one(p);
      return [number(p[0].value[0], u[0], n[0])].concat(p.map(function (q) {
        return (o.series[q.seriesIndex].name || "") + " " + number(q.value[1], u[1], n[1]) + " " + q.name;
      })).map(esc).join("<br/>");
    };
  }
  // The option of ECharts for a drawing whose picture is k times its size.
  e.mlsysimOption = function (o, k) {
    var grid = {};
    for (var side in o.grid) grid[side] = o.grid[side] * k;
    return {animation: false, grid: grid, xAxis: o.xAxis, yAxis: o.yAxis,
      tooltip: {trigger: o.axis ? "axis" : "item", confine: true, formatter: says(o), axisPointer: {type: "line", snap: true}},
      series: o.series.map(function (s) {
        var look = {color: "transparent", borderColor: "transparent"}, bright = {color: s.color, borderColor: "#888", borderWidth: 1};
        var t = {type: s.type, data: s.data, color: s.color, symbol: s.symbol || "circle", symbolSize: 11, itemStyle: look, clip: false,
          emphasis: {itemStyle: bright}};
        if (s.draw) {
          t.renderItem = draw[s.draw];
          t.encode = s.draw === "bar" ? {x: [0, 1], y: 2} : {x: 0, y: 1};
        }
        if (s.type === "line") {
          t.lineStyle = {color: "transparent"};
          t.emphasis.lineStyle = {color: s.color, width: 3.5};
          t.triggerLineEvent = true;
        }
        return t;
      })};
  };
  // Lays the live chart over the picture of a node.
  e.mlsysim = function (node, o) {
    var img = node.querySelector("img"), d = document;
    if (!img || node.dataset.live) return;
    node.dataset.live = "1";
    var frame = d.createElement("div"), over = d.createElement("div");
    frame.style.cssText = "position:relative;line-height:0;max-width:" + o.size[0] + "px";
    over.style.cssText = "position:absolute;left:0;top:0;width:100%;height:100%;line-height:1.4";
    over.setAttribute("aria-hidden", "true"); // the picture has its words
    img.parentNode.insertBefore(frame, img);
    frame.appendChild(img);
    frame.appendChild(over);
    var chart;
    function paint() {
      var w = img.clientWidth;
      if (!w) return;
      var h = w * o.size[1] / o.size[0];
      if (!chart) chart = e.init(over, null, {renderer: "svg", width: w, height: h});
      else chart.resize({width: w, height: h});
      chart.setOption(e.mlsysimOption(o, w / o.size[0]));
    }
    if (window.ResizeObserver) new ResizeObserver(paint).observe(img);
    paint();
  };
})(typeof exports === "object" ? exports : echarts);
