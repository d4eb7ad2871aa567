//! Circles of a directed graph: its strongly connected components of more than
//! one node (Tarjan's algorithm).

use std::collections::BTreeSet;

/// The circles, each sorted.
pub(crate) fn find(graph: &[BTreeSet<usize>]) -> Vec<Vec<usize>> {
    let mut search = Search {
        graph,
        order: vec![None; graph.len()],
        lowest: vec![0; graph.len()],
        on_stack: vec![false; graph.len()],
        stack: Vec::new(),
        visited: 0,
        circles: Vec::new(),
    };
    for node in 0..graph.len() {
        if search.order[node].is_none() {
            search.visit(node);
        }
    }
    search.circles
}

struct Search<'a> {
    graph: &'a [BTreeSet<usize>],
    order: Vec<Option<usize>>,
    lowest: Vec<usize>,
    on_stack: Vec<bool>,
    stack: Vec<usize>,
    visited: usize,
    circles: Vec<Vec<usize>>,
}

impl Search<'_> {
    fn visit(&mut self, node: usize) {
        self.order[node] = Some(self.visited);
        self.lowest[node] = self.visited;
        self.visited += 1;
        self.stack.push(node);
        self.on_stack[node] = true;
        for &next in &self.graph[node] {
            match self.order[next] {
                None => {
                    self.visit(next);
                    self.lowest[node] = self.lowest[node].min(self.lowest[next]);
                }
                Some(order) if self.on_stack[next] => {
                    self.lowest[node] = self.lowest[node].min(order);
                }
                Some(_) => {}
            }
        }
        if Some(self.lowest[node]) == self.order[node] {
            let at = self
                .stack
                .iter()
                .position(|&it| it == node)
                .unwrap_or_default();
            let mut component = self.stack.split_off(at);
            for &member in &component {
                self.on_stack[member] = false;
            }
            if component.len() > 1 {
                component.sort_unstable();
                self.circles.push(component);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::find;
    use std::collections::BTreeSet;

    fn graph(edges: &[&[usize]]) -> Vec<BTreeSet<usize>> {
        edges
            .iter()
            .map(|to| to.iter().copied().collect())
            .collect()
    }

    #[test]
    fn a_chain_has_no_circle() {
        assert!(find(&graph(&[&[1, 2], &[2], &[]])).is_empty());
    }

    #[test]
    fn two_circles_that_share_no_file_are_two() {
        let circles = find(&graph(&[&[1], &[2], &[0, 3], &[4], &[3]]));
        assert_eq!(circles, [vec![3, 4], vec![0, 1, 2]]);
    }
}
